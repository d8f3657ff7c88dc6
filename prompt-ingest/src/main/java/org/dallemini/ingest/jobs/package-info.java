/** How far each job is: the Kafka Streams topology that writes {@code JobStatus}, and the questions it answers. */
@NullMarked
package org.dallemini.ingest.jobs;

import org.jspecify.annotations.NullMarked;
