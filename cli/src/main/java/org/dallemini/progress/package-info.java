/** Tells people how far a command has got. */
@NullMarked
package org.dallemini.progress;

import org.jspecify.annotations.NullMarked;
