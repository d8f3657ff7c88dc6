/** What an image file says of itself, and whether that is so. */
@NullMarked
package org.dallemini.verify;

import org.jspecify.annotations.NullMarked;
