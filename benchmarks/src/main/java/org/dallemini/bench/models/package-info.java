/** The models alone, without Kafka. */
@NullMarked
package org.dallemini.bench.models;

import org.jspecify.annotations.NullMarked;
