/** JMH benchmarks of code of our own. */
@NullMarked
package org.dallemini.bench.kernels;

import org.jspecify.annotations.NullMarked;
