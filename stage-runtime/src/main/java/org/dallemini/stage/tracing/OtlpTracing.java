package org.dallemini.stage.tracing;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Spans by OpenTelemetry's SDK. */
final class OtlpTracing implements Tracing {
    private static final String SCOPE = "org.dallemini";

    /** Spans of a process that is killed later than this after they have ended are not lost. */
    private static final Duration DELAY = Duration.ofSeconds(1);

    private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(5);

    /** A collector that does not answer must not hold a stop up. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /** What the SDK says of an export that failed, {@link LoggedExporter} says; kept, since loggers are weakly held. */
    private static final Logger SDK_LOG = Logger.getLogger("io.opentelemetry");

    private static final TextMapGetter<Headers> KAFKA = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Headers headers) {
            return List.of(PassedOn.PARENT, PassedOn.STATE);
        }

        @Override
        public @Nullable String get(@Nullable Headers headers, String name) {
            Header header = headers == null ? null : headers.lastHeader(name);
            return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
        }
    };

    private static final TextMapGetter<UnaryOperator<@Nullable String>> HTTP = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(UnaryOperator<@Nullable String> header) {
            return List.of(PassedOn.PARENT, PassedOn.STATE);
        }

        @Override
        public @Nullable String get(@Nullable UnaryOperator<@Nullable String> header, String name) {
            return header == null ? null : header.apply(name);
        }
    };

    private final String stage;
    private final RecordIds ids;
    private final SdkTracerProvider provider;
    private final Tracer tracer;

    private OtlpTracing(String stage, RecordIds ids, SdkTracerProvider provider) {
        this.stage = stage;
        this.ids = ids;
        this.provider = provider;
        this.tracer = provider.get(SCOPE);
    }

    static OtlpTracing start(OtlpSettings settings, String stage) {
        SDK_LOG.setLevel(Level.OFF);
        var exporter =
                OtlpHttpSpanExporter.builder().setEndpoint(settings.endpoint()).setTimeout(EXPORT_TIMEOUT);
        settings.headers().forEach(exporter::addHeader);
        var ids = new RecordIds();
        return new OtlpTracing(
                stage,
                ids,
                SdkTracerProvider.builder()
                        .setIdGenerator(ids)
                        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.samplingRatio())))
                        .setResource(Resource.getDefault().merge(Resource.create(service(stage))))
                        .addSpanProcessor(
                                BatchSpanProcessor.builder(new LoggedExporter(exporter.build(), settings.endpoint()))
                                        .setScheduleDelay(DELAY)
                                        .setExporterTimeout(EXPORT_TIMEOUT)
                                        .build())
                        .build());
    }

    private static Attributes service(String stage) {
        String version = OtlpTracing.class.getPackage().getImplementationVersion();
        return Attributes.builder()
                .put("service.namespace", "dallemini")
                .put("service.name", stage)
                .put("service.version", Optional.ofNullable(version).orElse("unknown"))
                .put("service.instance.id", UUID.randomUUID().toString())
                .build();
    }

    @Override
    public TraceSpan process(Place place, Headers headers) {
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, KAFKA);
        SpanBuilder span = tracer.spanBuilder("process " + place.topic())
                .setParent(parent)
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.name", "process")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.destination.name", place.topic())
                .setAttribute("messaging.destination.partition.id", Integer.toString(place.partition()))
                .setAttribute("messaging.kafka.offset", place.offset());
        String parentId = Span.fromContext(parent).getSpanContext().getSpanId();
        return new SdkSpan(ids.with(stage, place, parentId, span::startSpan));
    }

    @Override
    public TraceSpan request(String method, String route, UnaryOperator<@Nullable String> header) {
        return new SdkSpan(tracer.spanBuilder(method + " " + route)
                .setParent(W3CTraceContextPropagator.getInstance().extract(Context.root(), header, HTTP))
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("http.request.method", method)
                .setAttribute("http.route", route)
                .startSpan());
    }

    @Override
    public void close() {
        provider.shutdown().join(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
