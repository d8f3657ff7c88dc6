/** The whole pipeline under load. */
@NullMarked
package org.dallemini.bench.pipeline;

import org.jspecify.annotations.NullMarked;
