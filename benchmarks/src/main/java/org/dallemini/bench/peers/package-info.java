/** Other implementations of the same models. */
@NullMarked
package org.dallemini.bench.peers;

import org.jspecify.annotations.NullMarked;
