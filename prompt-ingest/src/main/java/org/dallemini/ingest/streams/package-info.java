/** Kafka Streams as a stage of the pipeline: its settings, its life, and how it waits outages out. */
@NullMarked
package org.dallemini.ingest.streams;

import org.jspecify.annotations.NullMarked;
