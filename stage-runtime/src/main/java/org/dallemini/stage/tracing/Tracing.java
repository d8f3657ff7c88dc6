package org.dallemini.stage.tracing;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Begins the spans of a process. Without {@value #ENDPOINT} there are none, no class of OpenTelemetry is loaded, and
 * the trace context of others travels on as it came. Thread-safe.
 */
public interface Tracing extends AutoCloseable {
    String ENDPOINT = "tracing.otlp.endpoint";
    String HEADERS = "tracing.otlp.headers";
    String SAMPLING_RATIO = "tracing.sampling.ratio";

    /** Begins no spans. */
    Tracing OFF = new Tracing() {
        @Override
        public TraceSpan process(Place place, Headers headers) {
            return TraceSpan.NONE;
        }

        @Override
        public TraceSpan request(String method, String route, UnaryOperator<@Nullable String> header) {
            return PassedOn.of(header);
        }

        @Override
        public void close() {}
    };

    /** Where a record lies. Its span has ids that follow from it, so that work which is done again says the same. */
    record Place(String topic, int partition, long offset, long timestamp) {
        public static Place of(ConsumerRecord<?, ?> record) {
            return new Place(record.topic(), record.partition(), record.offset(), record.timestamp());
        }
    }

    /** Adds the settings to those of a stage. */
    static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        ENDPOINT,
                        Type.STRING,
                        "",
                        LambdaValidator.with(OtlpSettings::checkEndpoint, () -> "an address"),
                        MEDIUM,
                        "Where OpenTelemetry spans go, by OTLP over HTTP, for example http://localhost:4318; an address "
                                + "without a path gets /v1/traces. Empty: there are no spans.")
                .define(
                        HEADERS,
                        Type.PASSWORD,
                        "",
                        LambdaValidator.with(OtlpSettings::checkHeaders, () -> "name=value, separated by commas"),
                        LOW,
                        "Headers of the requests that bring spans, for example authorization=Bearer abc.")
                .define(
                        SAMPLING_RATIO,
                        Type.DOUBLE,
                        1.0,
                        Range.between(0.0, 1.0),
                        LOW,
                        "Share of the traces that begin here and are recorded. One that began elsewhere is recorded if its "
                                + "traceparent says so.");
    }

    /**
     * The spans of a stage.
     *
     * @param config of a definition that was given to {@link #define}
     * @param stage the service's name
     * @throws ConfigException if spans cannot be sent with these settings
     */
    static Tracing of(AbstractConfig config, String stage) {
        return config.getString(ENDPOINT).isEmpty() ? OFF : OtlpTracing.start(OtlpSettings.of(config), stage);
    }

    /** The span of the work on a record, as of now; its parent is in the record's headers. */
    TraceSpan process(Place place, Headers headers);

    /**
     * The span of a request over HTTP, as of now.
     *
     * @param header the request's header of a name
     */
    TraceSpan request(String method, String route, UnaryOperator<@Nullable String> header);

    /** Sends what has ended, if that does not take long. */
    @Override
    void close();
}
