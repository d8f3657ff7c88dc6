/** The front door: what a prompt may be, and the Kafka Streams topology that turns prompts into image requests. */
@NullMarked
package org.dallemini.ingest;

import org.jspecify.annotations.NullMarked;
