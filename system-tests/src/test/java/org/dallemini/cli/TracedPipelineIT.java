package org.dallemini.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.embedded.testing.OtlpReceiver;
import org.dallemini.embedded.testing.OtlpReceiver.ReceivedSpan;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stack.TopicRecords;
import org.dallemini.stage.tracing.TraceSpan;
import org.dallemini.stage.tracing.Tracing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces through processes: from whoever asks for an image to its stored object. */
class TracedPipelineIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TEXT = "a red circle on a blue background";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ALLS_WELL = "";

    @TempDir
    Path folder;

    /** Somebody else's trace and span. */
    private record Caller(String traceId, String spanId) {
        static Caller of(int number) {
            return new Caller(String.format("%032x", 0xa0000 + number), String.format("%016x", 0xb0000 + number));
        }

        String traceparent() {
            return "00-" + traceId + "-" + spanId + "-01";
        }
    }

    private static void post(StageProcesses stages, String job, int count, Caller caller) throws Exception {
        post(stages, job, "\"count\":" + count, caller);
    }

    /** @param more fields of the prompt */
    private static void post(StageProcesses stages, String job, String more, Caller caller) throws Exception {
        String body = "{\"id\":\"" + job + "\",\"prompts\":[{\"text\":\"" + TEXT + "\"," + more + "}]}";
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(stages.jobs())
                                .header("Content-Type", "application/json")
                                .header("traceparent", caller.traceparent())
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }

    private static void publish(StageProcesses stages, String id, @Nullable Caller caller) {
        PromptRequest prompt = PromptRequest.newBuilder()
                .setText(TEXT)
                .setId(id)
                .setLane(Lane.INTERACTIVE)
                .build();
        var record = new ProducerRecord<>(stages.config().topics().prompts(), id, prompt);
        if (caller != null) {
            record.headers().add("traceparent", caller.traceparent().getBytes(UTF_8));
        }
        try (var producer = new KafkaProducer<>(
                stages.config().producer(),
                new StringSerializer(),
                EventSerdes.<PromptRequest>serializer(stages.config().serde()))) {
            producer.send(record);
        }
    }

    private static @Nullable String traceparent(ConsumerRecord<String, byte[]> record) {
        Header header = record.headers().lastHeader("traceparent");
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private static Map<String, ReceivedSpan> byId(OtlpReceiver receiver) {
        return receiver.spans().stream().collect(Collectors.toMap(ReceivedSpan::spanId, span -> span));
    }

    /** From the span that a record names to the first one: {@code service name}. */
    private static List<String> way(Map<String, ReceivedSpan> spans, ConsumerRecord<String, byte[]> record) {
        List<String> way = new ArrayList<>();
        String id = Objects.requireNonNull(traceparent(record)).split("-", -1)[2];
        for (ReceivedSpan span = spans.get(id); span != null; span = spans.get(id)) {
            way.add(span.service() + " " + span.name());
            id = span.parentId();
        }
        way.add(id);
        return way;
    }

    private static List<String> stages(String first, String last) {
        List<String> way = new ArrayList<>(List.of(
                "storage-sink process images",
                "image-decoder process image-tokens",
                "token-generator process image-requests",
                "prompt-ingest process prompts"));
        if (!first.isEmpty()) {
            way.add(first);
        }
        way.add(last);
        return way;
    }

    @Test
    void shouldTellOneTraceForEachRequestFromItsCallerToTheObjectsThoughAStageIsKilled() throws Exception {
        Caller overHttp = Caller.of(1);
        Caller overKafka = Caller.of(2);
        Caller ofMany = Caller.of(3);
        int many = 24;
        try (OtlpReceiver receiver = OtlpReceiver.start();
                StageProcesses stages = StageProcesses.start(
                        folder,
                        StageProcesses.ALL,
                        Map.of(Tracing.ENDPOINT, receiver.endpoint()),
                        List.of(),
                        List.of())) {
            Topics topics = stages.config().topics();

            // When
            post(stages, "posted", 2, overHttp);
            publish(stages, "foreign", overKafka);
            publish(stages, "bare", null);

            // Then
            Map<String, ConsumerRecord<String, byte[]>> stored = stages.records(topics.storedImages(), 4);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(receiver.spans())
                    .as("one of the request, one for each of three prompts, three for each of four images")
                    .hasSize(1 + 3 + 3 * 4));
            Map<String, ReceivedSpan> spans = byId(receiver);
            stored.forEach((image, record) -> {
                switch (image.substring(0, image.indexOf('/'))) {
                    case "posted" ->
                        assertThat(way(spans, record))
                                .isEqualTo(stages("prompt-ingest POST /v1/jobs", overHttp.spanId()));
                    case "foreign" -> assertThat(way(spans, record)).isEqualTo(stages("", overKafka.spanId()));
                    default -> assertThat(way(spans, record)).isEqualTo(stages("", ""));
                }
            });
            assertThat(spans.values().stream().map(ReceivedSpan::traceId).collect(Collectors.toSet()))
                    .hasSize(3)
                    .contains(overHttp.traceId(), overKafka.traceId());
            assertThat(spans.values()).allSatisfy(span -> {
                assertThat(span.status()).isEqualTo(ALLS_WELL);
                assertThat(span.kind())
                        .isEqualTo(
                                span.name().startsWith("POST")
                                        ? SpanKind.SPAN_KIND_SERVER
                                        : SpanKind.SPAN_KIND_CONSUMER);
                assertThat(span.toString()).as("the prompt's words").doesNotContain(TEXT);
            });

            // When: an image begins with a picture that is none
            Caller ofBad = Caller.of(4);
            post(stages, "bad", "\"prefix\":{\"picture\":\"bm8gcGljdHVyZQ==\",\"rows\":2}", ofBad);

            // Then
            ReceivedSpan refusal = await().atMost(PATIENCE)
                    .until(
                            () -> receiver.spans().stream()
                                    .filter(span -> !span.status().isEmpty())
                                    .findFirst()
                                    .orElse(null),
                            Objects::nonNull);
            assertThat(refusal.service()).isEqualTo("token-generator");
            assertThat(refusal.status()).isEqualTo("invalid-prefix");
            assertThat(refusal.traceId()).isEqualTo(ofBad.traceId());
            assertThat(refusal.attributes()).containsEntry(TraceSpan.IMAGE_ID, "bad/0");
            List<JsonNode> log = new ArrayList<>();
            for (String line : stages.process("token-generator").err()) {
                log.add(JSON.readTree(line));
            }
            assertThat(log)
                    .filteredOn(line -> line.path("level").asText().equals("WARN"))
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line.path("formattedMessage").asText()).contains("invalid-prefix");
                        assertThat(line.path("mdc").path("trace_id").asText()).isEqualTo(ofBad.traceId());
                        assertThat(line.path("mdc").path("span_id").asText()).isEqualTo(refusal.spanId());
                    });

            // When: the token generator is killed amid the images of a prompt
            post(stages, "many", many, ofMany);
            await().atMost(PATIENCE)
                    .until(() -> tokens(stages, topics).keySet().stream().anyMatch(id -> id.startsWith("many")));
            stages.process("token-generator").kill();
            Set<String> before = tokens(stages, topics).keySet();
            stages.start("token-generator");

            // Then: what was committed in its last second it could not tell; all else is told once, in one trace
            stages.records(topics.storedImages(), 4 + many).forEach(stored::put);
            Map<String, ConsumerRecord<String, byte[]>> tokens = tokens(stages, topics);
            publish(stages, "last", null);
            stages.records(topics.storedImages(), 4 + many + 1);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(images(receiver, "storage-sink"))
                    .contains("last/0"));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(images(receiver, "token-generator"))
                    .contains("last/0"));
            Map<String, ReceivedSpan> all = byId(receiver); // fails where one has come twice
            stored.forEach((image, record) -> {
                if (image.startsWith("many")) {
                    assertThat(traceparent(record)).contains(ofMany.traceId());
                    List<String> way = way(all, record);
                    assertThat(way.subList(0, 2)).isEqualTo(stages("", "").subList(0, 2));
                    if (before.contains(image) && way.size() == 3) {
                        assertThat(Objects.requireNonNull(traceparent(Objects.requireNonNull(tokens.get(image)))))
                                .contains("-" + way.get(2) + "-");
                    } else {
                        assertThat(way).isEqualTo(stages("prompt-ingest POST /v1/jobs", ofMany.spanId()));
                    }
                }
            });
            assertThat(before).hasSizeLessThan(4 + many);
        }
    }

    private static Map<String, ConsumerRecord<String, byte[]>> tokens(StageProcesses stages, Topics topics) {
        Map<String, ConsumerRecord<String, byte[]>> tokens = new HashMap<>();
        TopicRecords.read(stages.config(), topics.imageTokens()).forEach(record -> tokens.put(record.key(), record));
        return tokens;
    }

    private static List<String> images(OtlpReceiver receiver, String service) {
        return receiver.spans().stream()
                .filter(span -> span.service().equals(service))
                .map(span -> span.attributes().getOrDefault(TraceSpan.IMAGE_ID, ""))
                .toList();
    }

    @Test
    void shouldPassTracesOnAndLoadNothingForThemWhileItIsOff() throws Exception {
        Caller overHttp = Caller.of(1);
        Caller overKafka = Caller.of(2);
        List<String> some = List.of("prompt-ingest", "token-generator");
        try (StageProcesses stages = StageProcesses.start(
                folder,
                some,
                Map.of(),
                List.of("-Xlog:class+load:file=" + folder.resolve("%stage.classes")),
                List.of())) {
            // When
            post(stages, "posted", 1, overHttp);
            publish(stages, "foreign", overKafka);
            publish(stages, "bare", null);

            // Then
            Map<String, ConsumerRecord<String, byte[]>> drawn =
                    stages.records(stages.config().topics().imageTokens(), 3);
            drawn.forEach((image, record) -> assertThat(traceparent(record))
                    .isEqualTo(
                            switch (image) {
                                case "posted/0" -> overHttp.traceparent();
                                case "foreign/0" -> overKafka.traceparent();
                                default -> null;
                            }));
            for (String stage : some) {
                List<String> loaded = Files.readAllLines(folder.resolve(stage + ".classes"));
                assertThat(loaded).anyMatch(line -> line.contains(Tracing.class.getName() + " "));
                assertThat(loaded).noneMatch(line -> line.contains(" io.opentelemetry."));
            }
        }
    }
}
