/** Pictures with captions, and image tokens with captions, to learn from. */
@NullMarked
package org.dallemini.training.data;

import org.jspecify.annotations.NullMarked;
