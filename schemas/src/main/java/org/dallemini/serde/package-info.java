/**
 * Avro records in Confluent's wire format: serializer, deserializer and registry client with Confluent's configuration
 * names, and a factory that can put Confluent's own classes in their place.
 */
@NullMarked
package org.dallemini.serde;

import org.jspecify.annotations.NullMarked;
