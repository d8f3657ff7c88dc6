/** The stages with engines that cost nothing: what Kafka, the records, the PNG files and the object store cost. */
@NullMarked
package org.dallemini.bench.ceiling;

import org.jspecify.annotations.NullMarked;
