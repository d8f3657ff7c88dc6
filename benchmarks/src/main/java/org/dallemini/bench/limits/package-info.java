/** What the machine can do. */
@NullMarked
package org.dallemini.bench.limits;

import org.jspecify.annotations.NullMarked;
