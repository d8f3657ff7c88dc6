package org.dallemini.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.awaitility.Awaitility;
import org.dallemini.embedded.testing.OtlpReceiver;
import org.dallemini.embedded.testing.OtlpReceiver.ReceivedSpan;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.Lab.Bench;
import org.dallemini.stage.tracing.TraceSpan;
import org.dallemini.stage.tracing.Tracing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The spans of the batch loop, as a collector gets them. */
@Timeout(180)
class TracingIT {
    @TempDir
    Path dir;

    /** Of a trace context that somebody else has made for the record with this number. */
    private static String traceId(int number) {
        return String.format("%032x", 0xabc000 + number);
    }

    private static String parentId(int number) {
        return String.format("%016x", 0xdef000 + number);
    }

    private static void publish(Bench bench, int number, String text) {
        String topic = bench.topics.imageRequests();
        String id = "p/" + number;
        bench.publishRaw(
                topic,
                id.getBytes(UTF_8),
                bench.serialized(topic, Lab.request(id, text)),
                new RecordHeaders()
                        .add(
                                "traceparent",
                                ("00-" + traceId(number) + "-" + parentId(number) + "-01").getBytes(UTF_8)));
    }

    /** Trace and span that a record names, as in {@code traceparent}. */
    private static String context(Headers headers) {
        return new String(
                Objects.requireNonNull(headers.lastHeader("traceparent")).value(), UTF_8);
    }

    private static int number(ConsumerRecord<byte[], byte[]> record) {
        return Integer.parseInt(new String(record.key(), UTF_8).substring("p/".length()));
    }

    @Test
    void shouldTellOneSpanForEachRecordOfABatchWithItsOwnParent() throws Exception {
        try (OtlpReceiver receiver = OtlpReceiver.start();
                Lab lab = new Lab(dir);
                Bench bench = lab.bench("spans", Tracing.ENDPOINT, receiver.endpoint())
                        .createTopics()
                        .registerSchemas()) {
            // Given
            long before = Instant.now().toEpochMilli();
            for (int i = 0; i < 20; i++) {
                publish(bench, i, i == 7 ? "reject" : "a cat");
            }

            // When: four at a time share the engine's steps
            RunningStage stage = bench.startAndAwait(new StepEngine(4, 10, Duration.ofMillis(5)));
            List<ConsumerRecord<byte[], byte[]>> results = bench.read(bench.topics.imageTokens(), 19);
            List<ConsumerRecord<byte[], byte[]>> letters =
                    bench.read(Topics.deadLetters(bench.topics.imageRequests()), 1);
            stage.close();

            // Then
            Map<String, ReceivedSpan> spans = receiver.spans().stream()
                    .collect(Collectors.toMap(span -> span.attributes().get(TraceSpan.IMAGE_ID), span -> span));
            assertThat(spans).hasSize(20);
            for (int i = 0; i < 20; i++) {
                ReceivedSpan span = Objects.requireNonNull(spans.get("p/" + i));
                assertThat(span.traceId()).isEqualTo(traceId(i));
                assertThat(span.parentId()).isEqualTo(parentId(i));
                assertThat(span.events()).containsExactly("begun", "done");
                assertThat(span.startNanos()).isGreaterThanOrEqualTo(before * 1_000_000);
                assertThat(span.endNanos() - span.startNanos())
                        .as("its work alone takes longer")
                        .isGreaterThan(Duration.ofMillis(45).toNanos());
                assertThat(span.status()).isEqualTo(i == 7 ? "text-too-long" : "");
            }
            assertThat(results).hasSize(19).allSatisfy(result -> assertThat(context(result.headers()))
                    .isEqualTo("00-" + traceId(number(result)) + "-"
                            + Objects.requireNonNull(spans.get("p/" + number(result)))
                                    .spanId()
                            + "-01"));
            assertThat(letters)
                    .as("headers of a dead letter are the record's own")
                    .extracting(letter -> context(letter.headers()))
                    .containsExactly("00-" + traceId(7) + "-" + parentId(7) + "-01");
        }
    }

    @Test
    void shouldTellOfNothingThatAKillHasUndone() throws Exception {
        int records = 80;
        try (OtlpReceiver receiver = OtlpReceiver.start();
                Lab lab = new Lab(dir);
                Bench bench = lab.bench("kill", Tracing.ENDPOINT, receiver.endpoint())
                        .createTopics()
                        .registerSchemas()) {
            // Given
            for (int i = 0; i < records; i++) {
                publish(bench, i, "a cat");
            }

            // When: killed amid the work, twice; the last process stays until it has told of all it did
            Map<Integer, String> contexts = new HashMap<>();
            var processes = new ArrayList<>(List.of(KillIT.start(bench)));
            try (KafkaConsumer<byte[], byte[]> results = bench.reader(bench.topics.imageTokens())) {
                for (int until : new int[] {records / 3, 2 * records / 3, records}) {
                    await(results, contexts, until);
                    if (until < records) {
                        processes.get(0).destroyForcibly().waitFor();
                        processes.set(0, KillIT.start(bench));
                    }
                }
                publish(bench, records, "a cat");
                await(results, contexts, records + 1);
                String last = contexts.get(records);
                Awaitility.await().atMost(Lab.TIMEOUT).until(() -> receiver.spans().stream()
                        .anyMatch(span -> context(span).equals(last)));
            } finally {
                processes.get(0).destroyForcibly().waitFor();
            }

            // Then: no span without a result, none twice; each result goes on in the trace of its request
            List<String> told =
                    receiver.spans().stream().map(TracingIT::context).toList();
            assertThat(told).doesNotHaveDuplicates().isSubsetOf(contexts.values());
            assertThat(told).hasSizeGreaterThan(records / 3);
            contexts.forEach((number, context) -> assertThat(context).startsWith("00-" + traceId(number) + "-"));
        }
    }

    private static void await(KafkaConsumer<byte[], byte[]> results, Map<Integer, String> contexts, int count) {
        Awaitility.await().atMost(Lab.TIMEOUT).until(() -> {
            results.poll(Duration.ofMillis(20))
                    .forEach(result -> contexts.put(number(result), context(result.headers())));
            return contexts.size() >= count;
        });
    }

    private static String context(ReceivedSpan span) {
        return "00-" + span.traceId() + "-" + span.spanId() + "-01";
    }
}
