/** What all measurements need: processes, percentiles, tables. */
@NullMarked
package org.dallemini.bench.common;

import org.jspecify.annotations.NullMarked;
