/** How much of a model is lost in arithmetic of fewer bits: logits, tokens, pixels, and captions drawn right. */
@NullMarked
package org.dallemini.evaluation;

import org.jspecify.annotations.NullMarked;
