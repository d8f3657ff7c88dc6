/** The VQGAN that turns pictures into image tokens and back, to be trained. */
@NullMarked
package org.dallemini.training.vqgan;

import org.jspecify.annotations.NullMarked;
