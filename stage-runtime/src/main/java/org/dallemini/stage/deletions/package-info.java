/** Which images have been deleted: the topic {@code image-deletions}, written and followed. */
@NullMarked
package org.dallemini.stage.deletions;

import org.jspecify.annotations.NullMarked;
