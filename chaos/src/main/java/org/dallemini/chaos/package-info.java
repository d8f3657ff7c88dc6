/** Kills, cuts off, starves and wears out the pipeline, and counts what became of each prompt. */
@NullMarked
package org.dallemini.chaos;

import org.jspecify.annotations.NullMarked;
