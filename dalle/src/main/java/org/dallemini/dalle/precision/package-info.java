/** Arithmetic of fewer bits: how matrix products of a graph are computed, and the weights that they need. */
@NullMarked
package org.dallemini.dalle.precision;

import org.jspecify.annotations.NullMarked;
