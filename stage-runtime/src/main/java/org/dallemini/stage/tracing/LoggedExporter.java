package org.dallemini.stage.tracing;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once that spans do not arrive, and when they do again. */
final class LoggedExporter implements SpanExporter {
    private static final Logger log = LoggerFactory.getLogger(LoggedExporter.class);

    private final SpanExporter exporter;
    private final String endpoint;
    private final AtomicLong lost = new AtomicLong();

    LoggedExporter(SpanExporter exporter, String endpoint) {
        this.exporter = exporter;
        this.endpoint = endpoint;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        int count = spans.size();
        CompletableResultCode result = exporter.export(spans);
        return result.whenComplete(() -> {
            if (result.isSuccess()) {
                long before = lost.getAndSet(0);
                if (before > 0) {
                    log.info("{} takes spans again; {} were lost", endpoint, before);
                }
            } else if (lost.getAndAdd(count) == 0) {
                log.warn(
                        "{} does not take spans ({}): those of this time are lost, images are not; see {}",
                        endpoint,
                        reason(result.getFailureThrowable()),
                        Tracing.ENDPOINT);
            }
        });
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause = failure == null || failure.getCause() == null ? failure : failure.getCause();
        return String.valueOf(cause);
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
