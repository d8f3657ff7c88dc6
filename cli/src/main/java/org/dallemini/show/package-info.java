/** Draws pictures in a terminal. */
@NullMarked
package org.dallemini.show;

import org.jspecify.annotations.NullMarked;
