/** Graphs that were built from a checkpoint, kept on disk for the next start. */
@NullMarked
package org.dallemini.dalle.cache;

import org.jspecify.annotations.NullMarked;
