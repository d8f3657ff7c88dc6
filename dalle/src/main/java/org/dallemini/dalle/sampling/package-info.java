/** From logits to the next token: guidance, warpers and the draw, as the original does them. No model, no Kafka. */
@NullMarked
package org.dallemini.dalle.sampling;

import org.jspecify.annotations.NullMarked;
