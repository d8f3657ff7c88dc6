/** Arithmetic of fewer bits: how matrix products of a graph are computed, and the weights that they need. */
@NullMarked
package org.dallemini.model.precision;

import org.jspecify.annotations.NullMarked;
