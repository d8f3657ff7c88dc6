/** The event contract: topic names, Avro records, serdes in Confluent's wire format. */
@NullMarked
package org.dallemini.schemas;

import org.jspecify.annotations.NullMarked;
