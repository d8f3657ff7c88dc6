package org.dallemini.stage.tracing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.embedded.testing.OtlpReceiver;
import org.dallemini.embedded.testing.OtlpReceiver.ReceivedSpan;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.tracing.TraceSpan.Scope;
import org.dallemini.stage.tracing.Tracing.Place;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class TracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final String SAMPLED = "00-" + TRACE + "-" + PARENT + "-01";
    private static final String UNSAMPLED = "00-" + TRACE + "-" + PARENT + "-00";
    private static final Place PLACE = new Place("image-requests", 2, 7, 1_000);

    private static StageConfig config(Map<String, String> values) {
        return new StageConfig(StageConfig.definition(), values);
    }

    private static Tracing tracing(OtlpReceiver receiver) {
        return Tracing.of(config(Map.of(Tracing.ENDPOINT, receiver.endpoint())), "token-generator");
    }

    private static Headers headers(String... namesAndValues) {
        Headers headers = new RecordHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1].getBytes(UTF_8));
        }
        return headers;
    }

    private static UnaryOperator<@Nullable String> request(Map<String, String> headers) {
        return headers::get;
    }

    private static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    /** What a record that is made in the span says. */
    private static Headers written(TraceSpan span) {
        Headers headers = headers("mine", "x", "traceparent", "old", "tracestate", "old");
        span.write(headers);
        return headers;
    }

    @Test
    void shouldTellASpanWithTheParentOfTheRecord() throws Exception {
        try (OtlpReceiver receiver = OtlpReceiver.start()) {
            // Given
            Tracing tracing = Tracing.of(
                    config(Map.of(
                            Tracing.ENDPOINT, receiver.endpoint() + "/", Tracing.HEADERS, "authorization=Bearer abc")),
                    "token-generator");

            // When
            TraceSpan span = tracing.process(PLACE, headers("traceparent", SAMPLED, "tracestate", "vendor=1"));
            Headers output = written(span);
            span.attribute(TraceSpan.IMAGE_ID, "p/0");
            span.event("begun");
            span.end();
            tracing.close();

            // Then
            assertThat(receiver.spans()).hasSize(1);
            ReceivedSpan told = receiver.spans().get(0);
            assertThat(told.service()).isEqualTo("token-generator");
            assertThat(told.name()).isEqualTo("process image-requests");
            assertThat(told.traceId()).isEqualTo(TRACE);
            assertThat(told.parentId()).isEqualTo(PARENT);
            assertThat(told.status()).isEmpty();
            assertThat(told.events()).containsExactly("begun");
            assertThat(told.attributes())
                    .containsEntry("messaging.kafka.offset", "7")
                    .containsEntry("messaging.destination.partition.id", "2")
                    .containsEntry("dallemini.image.id", "p/0");
            assertThat(output).extracting(Header::key).containsExactly("mine", "traceparent", "tracestate");
            assertThat(text(output, "traceparent")).isEqualTo("00-" + TRACE + "-" + told.spanId() + "-01");
            assertThat(text(output, "tracestate")).isEqualTo("vendor=1");
            assertThat(receiver.authorizations()).containsExactly("Bearer abc");
        }
    }

    @Test
    void shouldSayTheSameOfARecordThatComesAgainAndOtherwiseOfAnother() throws Exception {
        try (OtlpReceiver receiver = OtlpReceiver.start();
                Tracing first = tracing(receiver);
                Tracing second = tracing(receiver)) {
            // Given
            String before = text(written(first.process(PLACE, headers())), "traceparent");

            // When
            String again = text(written(second.process(PLACE, headers())), "traceparent");
            String next =
                    text(written(second.process(new Place("image-requests", 2, 8, 1_000), headers())), "traceparent");
            String replaced =
                    text(written(second.process(new Place("image-requests", 2, 7, 1_001), headers())), "traceparent");

            // Then
            assertThat(again).isEqualTo(before).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
            assertThat(next).isNotEqualTo(before);
            assertThat(replaced).isNotEqualTo(before);
        }
    }

    @Test
    void shouldFollowTheDecisionOfWhoeverBeganTheTraceAndElseTheRatio() throws Exception {
        try (OtlpReceiver receiver = OtlpReceiver.start()) {
            // Given
            Tracing tracing = Tracing.of(
                    config(Map.of(Tracing.ENDPOINT, receiver.endpoint(), Tracing.SAMPLING_RATIO, "0")),
                    "token-generator");

            // When
            for (Headers each :
                    new Headers[] {headers(), headers("traceparent", UNSAMPLED), headers("traceparent", SAMPLED)}) {
                TraceSpan span = tracing.process(PLACE, each);
                assertThat(text(written(span), "traceparent"))
                        .endsWith(SAMPLED.equals(text(each, "traceparent")) ? "-01" : "-00");
                span.end();
            }
            tracing.close();

            // Then
            assertThat(receiver.spans()).extracting(ReceivedSpan::parentId).containsExactly(PARENT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00-0", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "ff-x", "\u0000"})
    void shouldBeginATraceWhereTheHeaderIsNone(String header) throws Exception {
        try (OtlpReceiver receiver = OtlpReceiver.start();
                Tracing tracing = tracing(receiver)) {
            // When
            Headers output = written(tracing.process(PLACE, headers("traceparent", header, "tracestate", "vendor=1")));

            // Then
            assertThat(text(output, "traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
            assertThat(text(output, "tracestate")).isNull();
        }
    }

    @Test
    void shouldTellOfRequestsAndFailures() throws Exception {
        try (OtlpReceiver receiver = OtlpReceiver.start()) {
            // Given
            Tracing tracing = tracing(receiver);

            // When
            TraceSpan request = tracing.request("POST", "/v1/jobs", request(Map.of("traceparent", SAMPLED)));
            request.answered(503);
            request.end();
            TraceSpan record = tracing.process(PLACE, headers());
            record.failed("text-too-long");
            record.end();
            tracing.close();

            // Then
            assertThat(receiver.spans()).extracting(ReceivedSpan::status).containsExactly("503", "text-too-long");
            assertThat(receiver.spans().get(0).name()).isEqualTo("POST /v1/jobs");
            assertThat(receiver.spans().get(0).parentId()).isEqualTo(PARENT);
            assertThat(receiver.spans().get(1).attributes()).containsEntry("error.type", "text-too-long");
        }
    }

    @Test
    void shouldBeTheThreadsOwnAndInItsLogWhileItIsEntered() throws Exception {
        try (OtlpReceiver receiver = OtlpReceiver.start();
                Tracing tracing = tracing(receiver)) {
            // Given
            TraceSpan span = tracing.process(PLACE, headers("traceparent", SAMPLED));

            // When
            try (Scope scope = span.enter()) {
                // Then
                assertThat(TraceSpan.current()).isSameAs(span);
                assertThat(MDC.get("trace_id")).isEqualTo(TRACE);
            }
            assertThat(TraceSpan.current()).isSameAs(TraceSpan.NONE);
            assertThat(MDC.get("trace_id")).isNull();
        }
    }

    @Test
    void shouldSayOnceThatNobodyTakesSpansAndNotHoldUpAStop() throws Exception {
        // Given
        OtlpReceiver gone = OtlpReceiver.start();
        gone.close();
        var logger = (Logger) LoggerFactory.getLogger(LoggedExporter.class);
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        logger.addAppender(log);
        try {
            // When
            Tracing tracing = tracing(gone);
            tracing.process(PLACE, headers()).end();
            await().until(() -> !log.list.isEmpty());
            tracing.process(PLACE, headers()).end();
            long begun = System.nanoTime();
            tracing.close();

            // Then
            assertThat(System.nanoTime() - begun)
                    .isLessThan(Duration.ofSeconds(10).toNanos());
            assertThat(log.list).singleElement().satisfies(event -> assertThat(event.getFormattedMessage())
                    .contains(gone.endpoint() + "/v1/traces does not take spans")
                    .contains("ConnectException")
                    .contains(Tracing.ENDPOINT));
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void shouldPassOnWhatItIsGivenAndAddNothingWhileItIsOff() {
        // Given
        Tracing off = Tracing.of(config(Map.of()), "token-generator");
        assertThat(off).isSameAs(Tracing.OFF);

        // When
        Headers ofRecord = written(off.process(PLACE, headers("traceparent", SAMPLED)));
        Headers ofRequest =
                written(off.request("POST", "/", request(Map.of("traceparent", SAMPLED, "tracestate", "vendor=1"))));
        Headers ofNone = headers("mine", "x");
        off.request("POST", "/", request(Map.of("tracestate", "vendor=1"))).write(ofNone);
        off.request("POST", "/", request(Map.of("traceparent", "00-1\n"))).write(ofNone);

        // Then
        assertThat(ofRecord).isEqualTo(headers("mine", "x", "traceparent", "old", "tracestate", "old"));
        assertThat(ofRequest).isEqualTo(headers("mine", "x", "traceparent", SAMPLED, "tracestate", "vendor=1"));
        assertThat(ofNone).isEqualTo(headers("mine", "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:4318", "grpc://localhost:4317", "http://", "http://a b", "http://a/%zz"})
    void shouldRefuseWhatIsNoAddress(String endpoint) {
        assertThatThrownBy(() -> config(Map.of(Tracing.ENDPOINT, endpoint)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(Tracing.ENDPOINT);
    }

    @Test
    void shouldRefuseHeadersThatAreNoneWithoutShowingThem() {
        assertThatThrownBy(() -> config(Map.of(Tracing.HEADERS, "Bearer secret")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("name=value")
                .hasMessageNotContaining("secret");
    }
}
