/** CLIP (Radford et al. 2021): text and picture as vectors that are near each other where they fit. */
@NullMarked
package org.dallemini.clip;

import org.jspecify.annotations.NullMarked;
