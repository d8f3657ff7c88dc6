/** Images in other sizes and file formats than they were drawn in. */
@NullMarked
package org.dallemini.renditions;

import org.jspecify.annotations.NullMarked;
