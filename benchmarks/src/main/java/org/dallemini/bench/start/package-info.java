/** What starting the program costs, and doing nothing with it. */
@NullMarked
package org.dallemini.bench.start;

import org.jspecify.annotations.NullMarked;
