package org.dallemini.ingest.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dallemini.ingest.FastAwait.await;
import static org.dallemini.prompt.testing.Prompts.NOW;
import static org.dallemini.prompt.testing.Prompts.prompt;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.test.TestRecord;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.PromptVerdict;
import org.dallemini.ingest.PromptIngest;
import org.dallemini.ingest.ToldSpans;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.ingest.streams.RocksDbMemory;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.Webhook;
import org.dallemini.prompt.testing.Filters;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.MalformedRecordException;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.moderation.Release;
import org.dallemini.stage.moderation.Releases;
import org.dallemini.stage.tracing.Tracing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeTopologyTest {
    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(20);
    private static final Topics TOPICS = new Topics("t.");
    private static final String BY_ID = IntakeTopology.byIdTopic("intake");
    private static final int MAX_BYTES = 2_000_000, MAX_REQUEST_BYTES = 1_000_000;

    static {
        // The stage gets Avro's trust with its deserializer; the one below is not that.
        ClassSecurityValidator.setGlobal(
                ClassSecurityValidator.composite(ClassSecurityValidator.DEFAULT_TRUSTED_CLASSES, type -> type.getName()
                        .startsWith("org.dallemini.events.")));
    }

    @TempDir
    private Path stateDir;

    private final Releases releases = Releases.of(new AbstractConfig(
            Releases.define(new ConfigDef()), Map.of(Releases.KEY, "a secret of 24 letters.."), false));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RegistryRetry registryRetry = new RegistryRetry(Duration.ofMinutes(1));
    private final AtomicInteger outages = new AtomicInteger();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> prompts;
    private TestOutputTopic<byte[], byte[]> interactive;
    private TestOutputTopic<byte[], byte[]> bulk;
    private TestOutputTopic<byte[], byte[]> deadLetters;
    private int mostLetterBytes = MAX_BYTES;
    private int mostForwardedBytes = MAX_BYTES;
    private int homes;
    private Tracing tracing = Tracing.OFF;

    @BeforeEach
    void start() {
        start(1);
    }

    /** @param homes among how many partitions the ids are divided; the test's records all lie in the first */
    private void start(int homes) {
        this.homes = homes;
        driver = new TopologyTestDriver(topology(), streamsSettings(), NOW);
        prompts = driver.createInputTopic(TOPICS.prompts(), new ByteArraySerializer(), new ByteArraySerializer());
        interactive = output(TOPICS.imageRequests());
        bulk = output(TOPICS.bulkImageRequests());
        deadLetters = output(Topics.deadLetters(TOPICS.prompts()));
    }

    private Properties streamsSettings() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "intake");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbMemory.class);
        settings.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        return settings;
    }

    private Topology topology() {
        return IntakeTopology.build(settings());
    }

    private IntakeSettings settings() {
        return new IntakeSettings(
                TOPICS,
                new PromptValidator(PromptLimits.DEFAULT, Filters.shipped()),
                releases,
                tracing,
                RETENTION,
                COMMIT_INTERVAL,
                homes,
                new PromptCodec(deserializer(), serializer(), registryRetry, BY_ID, this::maxBytes),
                new IntakeMetrics(meters, PromptIngest.NAME));
    }

    private int maxBytes(String topic) {
        if (topic.equals(BY_ID)) {
            return mostForwardedBytes;
        }
        return topic.equals(Topics.deadLetters(TOPICS.prompts())) ? mostLetterBytes : MAX_REQUEST_BYTES;
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    /** Plain Avro; bytes that are none, and the given number of outages, end in exceptions. */
    private Deserializer<PromptRequest> deserializer() {
        return (topic, bytes) -> {
            if (outages.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new SerializationException("The registry is down", new TimeoutException("no answer"));
            }
            try {
                return new SpecificDatumReader<>(PromptRequest.class)
                        .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
            } catch (IOException | RuntimeException e) {
                throw new MalformedRecordException("No prompt", e);
            }
        };
    }

    private static Serializer<ImageRequest> serializer() {
        return (topic, request) -> bytes(request);
    }

    private static byte[] bytes(SpecificRecord record) {
        var out = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            new SpecificDatumWriter<SpecificRecord>(record.getSchema()).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static ImageRequest request(TestRecord<byte[], byte[]> record) {
        try {
            return new SpecificDatumReader<>(ImageRequest.class)
                    .read(null, DecoderFactory.get().binaryDecoder(record.value(), null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void publish(PromptRequest.Builder prompt) {
        prompts.pipeInput(new TestRecord<>(null, bytes(prompt.build()), new RecordHeaders(), NOW));
    }

    private static @Nullable String header(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private double count(String outcome) {
        return meters.get("dallemini.items").tag("outcome", outcome).counter().count();
    }

    @Test
    void shouldAskForEachImageInItsLane() {
        // Given
        Headers headers = new RecordHeaders()
                .add("traceparent", "00-abc".getBytes(UTF_8))
                .add("twice", new byte[] {1})
                .add("twice", null);

        // When
        prompts.pipeInput(new TestRecord<>(
                "p-1".getBytes(UTF_8), bytes(prompt("a cat").setCount(2).build()), headers, Instant.ofEpochMilli(5)));
        publish(prompt("a dog").setId("p-2").setLane(Lane.BULK));

        // Then
        List<TestRecord<byte[], byte[]>> records = interactive.readRecordsToList();
        assertThat(records).extracting(r -> new String(r.key(), UTF_8)).containsExactly("p-1/0", "p-1/1");
        assertThat(records).allSatisfy(record -> {
            assertThat(record.headers()).isEqualTo(headers);
            assertThat(record.getRecordTime()).isEqualTo(NOW);
            assertThat(request(record).getText()).isEqualTo("a cat");
            assertThat(request(record).getRequestedAt()).isEqualTo(Instant.ofEpochMilli(5));
        });
        assertThat(bulk.readRecordsToList())
                .singleElement()
                .satisfies(record -> assertThat(request(record).getImageId()).isEqualTo("p-2/0"));
        assertThat(deadLetters.isEmpty()).isTrue();
        assertThat(count("completed")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldTellOneSpanOfEachPromptHoweverItComesToItsHome(int homes) {
        // Given
        var spans = new ToldSpans();
        tracing = spans;
        stop();
        start(homes);

        // When
        publish(prompt("a cat").setId("a").setCount(2));
        publish(prompt(Filters.REFUSED).setId("b"));
        publish(prompt("a cat").setId("a").setCount(2));
        prompts.pipeInput(new TestRecord<>(null, new byte[] {1}, new RecordHeaders(), NOW));

        // Then
        assertThat(spans.ended())
                .containsExactlyInAnyOrder("0:0, a", "0:1, b, content-policy", "0:2, a", "0:3, undecodable-record");
        assertThat(interactive.readRecordsToList()).hasSize(2).allSatisfy(record -> assertThat(
                        header(record.headers(), "traceparent"))
                .isEqualTo("0:0"));
        assertThat(deadLetters.readRecordsToList())
                .as("a dead letter keeps its headers")
                .allSatisfy(letter ->
                        assertThat(header(letter.headers(), "traceparent")).isNull());
    }

    @Test
    void shouldNameAPromptAfterItsEvent() {
        // Given
        Headers event = new RecordHeaders()
                .add("ce_specversion", "1.0".getBytes(UTF_8))
                .add("ce_id", "e-1".getBytes(UTF_8))
                .add("ce_source", "/shop".getBytes(UTF_8));
        byte[] sharedKey = "shop".getBytes(UTF_8);

        // When: the event comes twice
        prompts.pipeInput(new TestRecord<>(sharedKey, bytes(prompt("a cat").build()), event, NOW));
        prompts.pipeInput(new TestRecord<>(sharedKey, bytes(prompt("a cat").build()), event, NOW));

        // Then
        assertThat(interactive.readRecordsToList()).singleElement().satisfies(record -> {
            assertThat(request(record).getImageId()).isEqualTo("e-1/0");
            assertThat(record.headers()).isEqualTo(event);
        });
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void shouldSetBytesAsideThatAreNoPrompt() {
        // Given
        byte[] key = {(byte) 0xff};
        byte[] value = "no prompt".getBytes(UTF_8);
        Headers headers = new RecordHeaders().add("traceparent", "00-abc".getBytes(UTF_8));
        publish(prompt("before").setId("before"));

        // When
        prompts.pipeInput(new TestRecord<>(key, value, headers, NOW));
        prompts.pipeInput(new TestRecord<>(key, null, headers, NOW));
        publish(prompt("after").setId("after"));

        // Then
        List<TestRecord<byte[], byte[]>> letters = deadLetters.readRecordsToList();
        assertThat(letters).hasSize(2);
        assertThat(letters.get(0).key()).isEqualTo(key);
        assertThat(letters.get(0).value()).isEqualTo(value);
        assertThat(letters.get(1).value()).isNull();
        Headers described = letters.get(0).headers();
        assertThat(header(described, "traceparent")).isEqualTo("00-abc");
        assertThat(header(described, DeadLetters.CODE)).isEqualTo("undecodable-record");
        assertThat(header(described, DeadLetters.STAGE)).isEqualTo("prompt-ingest");
        assertThat(header(described, DeadLetters.TOPIC)).isEqualTo("t.prompts");
        assertThat(header(described, DeadLetters.PARTITION)).isEqualTo("0");
        assertThat(header(described, DeadLetters.OFFSET)).isEqualTo("1");
        assertThat(header(described, DeadLetters.MESSAGE)).contains("No prompt");
        assertThat(header(described, DeadLetters.EXCEPTION)).contains("MalformedRecordException");
        assertThat(interactive.getQueueSize()).isEqualTo(2);
    }

    @Test
    void shouldRefuseWhatThePolicyRefuses() {
        // When
        publish(prompt(Filters.REFUSED).setId("p"));

        // Then
        Headers described = deadLetters.readRecord().headers();
        assertThat(header(described, DeadLetters.CODE)).isEqualTo("content-policy");
        assertThat(header(described, DeadLetters.MESSAGE))
                .startsWith("text falls under \"gore\" of the content policy \"default 1\"")
                .doesNotContain("picture");
        assertThat(interactive.isEmpty()).isTrue();
    }

    @Test
    void shouldJudgeAgainWhatIsReplayed() {
        publish(prompt(Filters.REFUSED).setId("p"));
        publish(prompt(Filters.REFUSED).setId("p"));

        assertThat(deadLetters.readRecordsToList()).hasSize(2);
        assertThat(interactive.isEmpty()).isTrue();
    }

    @Test
    void shouldLetPassAndMarkWhatAPersonHasReleased() {
        // Given
        publish(prompt(Filters.REFUSED).setId("p"));
        TestRecord<byte[], byte[]> letter = deadLetters.readRecord();

        // When: it comes back with a release; another prompt with the same headers; the same under another key
        var signed = new ProducerRecord<>(TOPICS.prompts(), null, letter.key(), letter.value());
        releases.sign(signed, new Release("ann", "the museum's own words"));
        byte[] q = "q".getBytes(UTF_8);
        byte[] other = bytes(prompt(Filters.REFUSED + " again").setId("q").build());
        prompts.pipeInput(new TestRecord<>(q, other, signed.headers()));
        prompts.pipeInput(new TestRecord<>(q, letter.value(), signed.headers()));
        prompts.pipeInput(new TestRecord<>(letter.key(), letter.value(), signed.headers()));

        // Then
        TestRecord<byte[], byte[]> asked = interactive.readRecord();
        assertThat(asked.headers().lastHeader(Releases.SIGNATURE)).isNull();
        PromptVerdict verdict = request(asked).getPromptVerdict();
        assertThat(verdict.getMark()).isEqualTo("gore");
        assertThat(verdict.getReleasedBy()).isEqualTo("ann");
        assertThat(verdict.getReleaseReason()).isEqualTo("the museum's own words");
        assertThat(interactive.isEmpty()).isTrue();
        assertThat(deadLetters.readRecordsToList()).hasSize(2).allSatisfy(refused -> assertThat(refused.key())
                .isEqualTo(q));
    }

    @Test
    void shouldMarkWhatThePolicyFlags() {
        publish(prompt(Filters.FLAGGED).setCount(2).setId("p"));
        publish(prompt("a cat").setId("q"));

        assertThat(interactive.readRecordsToList())
                .extracting(record -> request(record).getPromptVerdict().getMark())
                .containsExactly("violence", "violence", null);
    }

    @Test
    void shouldRefuseWhatValidatorRefuses() {
        // When
        publish(prompt("a\0b").setId("p"));
        publish(prompt("fine").setCount(0));

        // Then
        assertThat(deadLetters.readRecordsToList())
                .extracting(r -> header(r.headers(), DeadLetters.CODE))
                .containsExactly("invalid-text", "invalid-parameter");
        assertThat(interactive.isEmpty()).isTrue();
        assertThat(count("invalid-text")).isEqualTo(1);

        // And the id is free for the corrected prompt
        publish(prompt("ab").setId("p"));
        assertThat(interactive.getQueueSize()).isEqualTo(1);
    }

    @Test
    void shouldRefuseAPromptWhoseWebhookIsNoUrl() {
        // When
        var headers = new RecordHeaders().add(Webhook.URL, "example.com".getBytes(UTF_8));
        prompts.pipeInput(
                new TestRecord<>(null, bytes(prompt("a cat").setId("p").build()), headers, NOW));

        // Then
        TestRecord<byte[], byte[]> letter = deadLetters.readRecord();
        assertThat(header(letter.headers(), DeadLetters.CODE)).isEqualTo("invalid-parameter");
        assertThat(header(letter.headers(), DeadLetters.MESSAGE)).contains("dallemini.webhook", "https://");
        assertThat(interactive.isEmpty()).isTrue();
    }

    @Test
    void shouldDropTheSamePromptAndRefuseAnother() {
        // When
        publish(prompt("a cat").setId("p").setDeadline(NOW.plusSeconds(1)));
        driver.advanceWallClockTime(Duration.ofHours(1));
        publish(prompt("a cat").setId("p").setDeadline(NOW.plusSeconds(1)));
        publish(prompt("a dog").setId("p"));
        prompts.pipeInput(
                new TestRecord<>("p".getBytes(UTF_8), bytes(prompt("a cow").build())));

        // Then
        assertThat(interactive.getQueueSize()).isEqualTo(1);
        assertThat(deadLetters.readRecordsToList())
                .extracting(r -> header(r.headers(), DeadLetters.CODE))
                .containsExactly("id-reused", "id-reused");
        assertThat(count("duplicate")).isEqualTo(1);
    }

    @Test
    void shouldForgetAfterRetention() {
        // When
        publish(prompt("a cat").setId("p"));
        driver.advanceWallClockTime(RETENTION.plusMinutes(1));
        publish(prompt("a dog").setId("p"));

        // Then
        assertThat(interactive.getQueueSize()).isEqualTo(2);
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void shouldNotForgetBecauseOfTimestampFromTheFuture() {
        // When
        publish(prompt("a cat").setId("p"));
        prompts.pipeInput(new TestRecord<>(
                null,
                bytes(prompt("from the future").setId("f").build()),
                new RecordHeaders(),
                NOW.plus(Duration.ofDays(3650))));
        publish(prompt("a dog").setId("q"));
        publish(prompt("a cat").setId("p"));
        publish(prompt("a dog").setId("q"));

        // Then
        assertThat(interactive.getQueueSize()).isEqualTo(3);
        assertThat(count("duplicate")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"})
    void shouldNotMindThatAPublishersClockIsWrong(String time) {
        // When: a prompt of such a publisher among others, whose deadline has nothing to do with its record's time
        publish(prompt("a cat").setId("p"));
        prompts.pipeInput(new TestRecord<>(
                null,
                bytes(prompt("a fox")
                        .setId("wrong")
                        .setDeadline(NOW.plusSeconds(60))
                        .build()),
                new RecordHeaders(),
                Instant.parse(time)));
        publish(prompt("a cat").setId("p"));
        publish(prompt("a dog").setId("q").setDeadline(NOW.plusSeconds(60)));
        publish(prompt("an owl").setId("late").setDeadline(NOW.minusSeconds(60)));

        // Then: what is sent on has our own time, so that retention counts from there
        assertThat(interactive.readRecordsToList()).hasSize(3).allSatisfy(record -> assertThat(record.getRecordTime())
                .isEqualTo(NOW));
        assertThat(count("duplicate")).isEqualTo(1);
        assertThat(deadLetters.readRecordsToList()).singleElement().satisfies(letter -> assertThat(
                        header(letter.headers(), DeadLetters.CODE))
                .isEqualTo("deadline-exceeded"));
    }

    /** Of twelve ids about two are at home in the partition of the test. */
    private static List<String> ids() {
        return IntStream.range(0, 12).mapToObj(i -> "id-" + i).toList();
    }

    @Test
    void shouldKnowAnIdInWhicheverPartitionItsRecordLies() {
        // Given
        driver.close();
        start(6);
        ids().forEach(id -> publish(prompt("a cat").setId(id)));

        // When: the same again, by other keys, and others of the same ids
        ids().forEach(id -> prompts.pipeInput(new TestRecord<>(
                "key".getBytes(UTF_8), bytes(prompt("a cat").setId(id).build()), new RecordHeaders(), NOW)));
        ids().forEach(id -> prompts.pipeInput(
                new TestRecord<>(id.getBytes(UTF_8), bytes(prompt("a dog").build()), new RecordHeaders(), NOW)));

        // Then
        assertThat(interactive.readRecordsToList())
                .extracting(record -> request(record).getImageId())
                .containsExactlyInAnyOrderElementsOf(
                        ids().stream().map(id -> id + "/0").toList());
        assertThat(count("duplicate")).isEqualTo(ids().size());
        assertThat(deadLetters.readRecordsToList()).hasSameSizeAs(ids()).allSatisfy(letter -> assertThat(
                        header(letter.headers(), DeadLetters.CODE))
                .isEqualTo("id-reused"));
    }

    @Test
    void shouldShowNothingOfTheDetour() {
        // Given
        driver.close();
        start(6);
        Headers headers = new RecordHeaders().add("traceparent", "00-abc".getBytes(UTF_8));
        Instant published = Instant.ofEpochMilli(5);

        // When
        for (String id : ids()) {
            prompts.pipeInput(new TestRecord<>(
                    null, bytes(prompt("a cat").setId(id).build()), new RecordHeaders(headers), published));
        }
        byte[] key = {(byte) 0xff};
        for (String id : ids()) {
            prompts.pipeInput(new TestRecord<>(
                    key, bytes(prompt("a\u0000cat").setId("bad" + id).build()), new RecordHeaders(headers), published));
        }

        // Then
        assertThat(interactive.readRecordsToList()).hasSameSizeAs(ids()).allSatisfy(record -> {
            assertThat(request(record).getRequestedAt()).isEqualTo(published);
            assertThat(record.headers()).isEqualTo(headers);
        });
        List<TestRecord<byte[], byte[]>> letters = deadLetters.readRecordsToList();
        assertThat(letters).hasSameSizeAs(ids());
        assertThat(letters).allSatisfy(letter -> {
            assertThat(letter.key()).isEqualTo(key);
            assertThat(header(letter.headers(), DeadLetters.TOPIC)).isEqualTo(TOPICS.prompts());
            assertThat(header(letter.headers(), DeadLetters.PARTITION)).isEqualTo("0");
            assertThat(header(letter.headers(), "traceparent")).isEqualTo("00-abc");
        });
        assertThat(letters)
                .extracting(letter -> header(letter.headers(), DeadLetters.OFFSET))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(ids().size(), 2 * ids().size())
                        .mapToObj(Integer::toString)
                        .toList());
    }

    @Test
    void shouldRefuseWhatIsTooLargeForTheDetour() {
        // Given
        driver.close();
        start(6);
        mostForwardedBytes = 100;

        // When
        ids().forEach(id -> publish(prompt("a cat".repeat(20)).setId(id)));

        // Then
        int atHome = interactive.readRecordsToList().size();
        assertThat(atHome).isPositive();
        assertThat(deadLetters.readRecordsToList())
                .hasSize(ids().size() - atHome)
                .allSatisfy(letter ->
                        assertThat(header(letter.headers(), DeadLetters.CODE)).isEqualTo("result-too-large"));
    }

    /** One intake whose clock stands still, and that can be asked whether it wants to commit. */
    private MockProcessorContext<byte[], byte[]> startIntake(IntakeProcessor intake) {
        var context = new MockProcessorContext<byte[], byte[]>(streamsSettings(), new TaskId(0, 0), stateDir.toFile());
        var store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(SeenPrompts.STORE), Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.setCurrentSystemTimeMs(NOW.toEpochMilli());
        intake.init(context);
        context.setRecordMetadata(TOPICS.prompts(), 0, 0);
        return context;
    }

    private IntakeProcessor intake() {
        return new IntakeProcessor(settings(), false);
    }

    private static Record<byte[], byte[]> record(String id, Lane lane) {
        return new Record<>(
                id.getBytes(UTF_8), bytes(prompt("a cat").setLane(lane).build()), NOW.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(longs = {-86_400_000, 86_400_000})
    void shouldGoOnCommittingSoonWhenTheClockIsSet(long byMillis) {
        // Given
        IntakeProcessor intake = intake();
        var context = startIntake(intake);
        intake.process(record("a", Lane.INTERACTIVE));
        context.resetCommit();

        // When
        intake.process(record("b", Lane.INTERACTIVE));
        boolean before = context.committed();
        context.setCurrentSystemTimeMs(NOW.toEpochMilli() + byMillis);
        intake.process(record("c", Lane.INTERACTIVE));

        // Then
        assertThat(before).as("within the interval").isFalse();
        assertThat(context.committed()).as("after the clock was set").isTrue();
    }

    @Test
    void shouldCommitWhatSomebodyWaitsForAtTheEndOfTheInterval() {
        // Given
        IntakeProcessor intake = intake();
        var context = startIntake(intake);
        intake.process(record("a", Lane.INTERACTIVE));
        intake.process(record("b", Lane.INTERACTIVE));
        context.resetCommit();
        CapturedPunctuator interval = context.scheduledPunctuators().get(1);

        // When
        interval.getPunctuator().punctuate(NOW.toEpochMilli() + 20);

        // Then
        assertThat(interval.getInterval()).isEqualTo(COMMIT_INTERVAL);
        assertThat(context.committed()).isTrue();
        assertThat(interval.cancelled()).as("nothing is left").isTrue();
        assertThat(context.scheduledPunctuators()).hasSize(2);
    }

    @Test
    void shouldLetTheBulkLaneShareLongerTransactions() {
        // Given
        IntakeProcessor intake = intake();
        var context = startIntake(intake);

        // When
        intake.process(record("a", Lane.BULK));
        intake.process(record("a", Lane.BULK));

        // Then
        assertThat(context.forwarded()).hasSize(1);
        assertThat(context.committed()).isFalse();
        assertThat(context.scheduledPunctuators()).as("that of the sweep").hasSize(1);
    }

    @Test
    void shouldWaitForTheRegistryRatherThanRefuse() {
        // Given
        outages.set(4);

        // When
        publish(prompt("a cat").setId("p"));

        // Then
        assertThat(interactive.getQueueSize()).isEqualTo(1);
        assertThat(deadLetters.isEmpty()).isTrue();
        assertThat(registryRetry.trouble()).isEmpty();
    }

    @Test
    void shouldStopWaitingWhenTheStageStops() {
        // Given
        outages.set(Integer.MAX_VALUE);
        CompletableFuture<Void> processing = CompletableFuture.runAsync(() -> publish(prompt("a cat")));
        await().until(() -> registryRetry.trouble().contains("The registry is down"));

        // When
        registryRetry.end();

        // Then: nothing is sent, so nothing is committed
        assertThatThrownBy(processing::join).hasRootCauseInstanceOf(TimeoutException.class);
        assertThat(interactive.isEmpty()).isTrue();
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void shouldRefuseHeadersThatLeaveNoRoom() {
        Headers headers = new RecordHeaders().add("huge", new byte[1_000_000]);
        prompts.pipeInput(new TestRecord<>(null, bytes(prompt("a cat").build()), headers, NOW));
        assertThat(deadLetters.readRecordsToList()).singleElement().satisfies(letter -> {
            assertThat(header(letter.headers(), DeadLetters.CODE)).isEqualTo("result-too-large");
            assertThat(requireNonNull(letter.headers().lastHeader("huge")).value())
                    .hasSize(1_000_000);
        });
    }

    /** A prompt of a megabyte can hold so many; its image requests would be larger than their topic takes. */
    @Test
    void shouldCountWhatEachHeaderCosts() {
        Headers headers = new RecordHeaders();
        for (int i = 0; i < 300_000; i++) {
            headers.add("h", null);
        }
        prompts.pipeInput(new TestRecord<>(null, bytes(prompt("a cat").build()), headers, NOW));
        assertThat(interactive.isEmpty()).isTrue();
        assertThat(deadLetters.readRecordsToList()).singleElement().satisfies(letter -> assertThat(
                        header(letter.headers(), DeadLetters.CODE))
                .isEqualTo("result-too-large"));
    }

    /** Kafka Streams would try such a record again for ever, and none behind it. */
    @Test
    void shouldTellOfARecordThatNoDeadLetterCanHold() {
        Headers headers = new RecordHeaders().add("huge", new byte[100]);
        prompts.pipeInput(new TestRecord<>(new byte[3], new byte[MAX_BYTES], headers, NOW));
        assertThat(deadLetters.readRecordsToList()).singleElement().satisfies(letter -> {
            assertThat(header(letter.headers(), DeadLetters.CODE)).isEqualTo("invalid-text");
            assertThat(header(letter.headers(), DeadLetters.OMITTED))
                    .isEqualTo("value of 2000000 bytes, 1 headers of 114 bytes");
            assertThat(letter.value()).isNull();
            assertThat(letter.key()).hasSize(3);
        });
    }

    @Test
    void shouldEndWhereNotEvenTheSmallestDeadLetterFits() {
        mostLetterBytes = 100;
        assertThatThrownBy(() -> publish(prompt("a\0b").setId("p")))
                .hasRootCauseInstanceOf(ConfigException.class)
                .rootCause()
                .hasMessageContainingAll("t.prompts-0 offset 0", "max.message.bytes of the topic t.prompts.dlq");
    }

    @Test
    void shouldNameEveryNodeAndStore() {
        assertThat(Stream.of(topology().describe().toString().split("\\s+")))
                .contains(
                        "prompts",
                        "intake",
                        "image-requests",
                        "image-requests-bulk",
                        "dead-letters",
                        "[accepted-prompts])")
                .noneMatch(word -> word.matches(".*\\d{10}.*"));
    }
}
