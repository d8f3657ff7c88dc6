/** The image decoder: a stage of the pipeline that turns image tokens into PNG files. */
@NullMarked
package org.dallemini.images;

import org.jspecify.annotations.NullMarked;
