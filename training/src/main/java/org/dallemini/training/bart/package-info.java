/** DALL·E mini's text-to-image-token model, to be trained. */
@NullMarked
package org.dallemini.training.bart;

import org.jspecify.annotations.NullMarked;
