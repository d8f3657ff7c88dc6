/** Folders that one process at a time may work in. */
@NullMarked
package org.dallemini.lock;

import org.jspecify.annotations.NullMarked;
