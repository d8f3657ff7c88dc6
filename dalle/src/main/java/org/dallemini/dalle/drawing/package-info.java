/** Images drawn together, token by token: continuous batching, in memory. */
@NullMarked
package org.dallemini.dalle.drawing;

import org.jspecify.annotations.NullMarked;
