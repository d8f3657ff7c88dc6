/** The command line of the benchmarks, and what all of them need. */
@NullMarked
package org.dallemini.bench;

import org.jspecify.annotations.NullMarked;
