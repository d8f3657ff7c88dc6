/** The HTTP API: jobs are submitted and asked for in JSON; what they are lies in Kafka. */
@NullMarked
package org.dallemini.ingest.api;

import org.jspecify.annotations.NullMarked;
