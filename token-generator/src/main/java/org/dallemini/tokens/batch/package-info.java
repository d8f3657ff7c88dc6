/**
 * Many images drawn at a time: the batch that images join and leave at any step, the lanes they wait in, and the engine
 * of the stage around it.
 */
@NullMarked
package org.dallemini.tokens.batch;

import org.jspecify.annotations.NullMarked;
