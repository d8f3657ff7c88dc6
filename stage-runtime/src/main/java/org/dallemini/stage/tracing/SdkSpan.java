package org.dallemini.stage.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.slf4j.MDC;

/** A span of OpenTelemetry's SDK. */
record SdkSpan(Span span) implements TraceSpan {
    private static final int SERVER_ERROR = 500;

    @Override
    public Scope enter() {
        Scope scope = CurrentSpan.enter(this);
        MDC.put("trace_id", span.getSpanContext().getTraceId());
        MDC.put("span_id", span.getSpanContext().getSpanId());
        return () -> {
            MDC.remove("trace_id");
            MDC.remove("span_id");
            scope.close();
        };
    }

    @Override
    public void write(Headers headers) {
        headers.remove(PassedOn.PARENT);
        headers.remove(PassedOn.STATE);
        W3CTraceContextPropagator.getInstance().inject(Context.root().with(span), headers, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.add(name, value.getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    @Override
    public void attribute(String name, String value) {
        span.setAttribute(name, value);
    }

    @Override
    public void event(String name) {
        span.addEvent(name);
    }

    @Override
    public void failed(String code) {
        span.setAttribute("error.type", code);
        span.setStatus(StatusCode.ERROR, code);
    }

    @Override
    public void answered(int status) {
        span.setAttribute("http.response.status_code", status);
        if (status >= SERVER_ERROR) {
            failed(Integer.toString(status));
        }
    }

    @Override
    public void end() {
        span.end();
    }
}
