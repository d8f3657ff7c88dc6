/** OpenTelemetry spans of what is done with records and requests, and the W3C trace context that joins them. */
@NullMarked
package org.dallemini.stage.tracing;

import org.jspecify.annotations.NullMarked;
