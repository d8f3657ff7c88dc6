package org.dallemini.ingest.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dallemini.ingest.jobs.Records.NOW;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.jobs.JobHeaders;
import org.dallemini.ingest.jobs.PlainAvro;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.ingest.streams.InMemoryRocksDb;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.prompt.InvalidWebhookException;
import org.dallemini.prompt.Webhook;
import org.dallemini.schemas.Topics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookTopologyTest {
    private static final Topics TOPICS = new Topics("t.");
    private static final String URL = "https://example.com/hook";
    private static final DeliveryOutcome FAILED = new DeliveryOutcome.Failed("the receiver answers 500", null);

    @TempDir
    private Path stateDir;

    private final FakeSender sender = new FakeSender();
    private TopologyTestDriver driver;
    private TestOutputTopic<String, String> deadLetters;

    /** An attempt under way. */
    private record Attempt(Delivery delivery, Consumer<DeliveryOutcome> done) {}

    private static final class FakeSender implements Sender {
        private final List<Attempt> attempts = new ArrayList<>();
        private String full = "";

        @Override
        public boolean send(Delivery delivery, Consumer<DeliveryOutcome> done) {
            return !delivery.origin().equals(full) && attempts.add(new Attempt(delivery, done));
        }

        Delivery end(DeliveryOutcome outcome) {
            Attempt first = attempts.remove(0);
            first.done().accept(outcome);
            return first.delivery();
        }
    }

    @BeforeEach
    void start() {
        new PlainAvro(); // allows the events' classes
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "webhooks");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, InMemoryRocksDb.class);
        settings.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        EventReader reader = new EventReader(
                TOPICS,
                (topic, bytes) -> PlainAvro.read(StoredImage.class, bytes),
                (topic, bytes) -> PlainAvro.read(JobStatus.class, bytes),
                new RegistryRetry());
        driver = new TopologyTestDriver(
                WebhookTopology.build(TOPICS, reader, sender, new SimpleMeterRegistry()), settings, NOW);
        deadLetters = driver.createOutputTopic(
                TOPICS.webhookDeadLetters(), new StringDeserializer(), new StringDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private void pipe(String topic, String key, @Nullable SpecificRecord value, Headers headers) {
        driver.createInputTopic(topic, new StringSerializer(), new ByteArraySerializer())
                .pipeInput(new TestRecord<>(key, value == null ? null : PlainAvro.bytes(value), headers, NOW));
    }

    private static Headers headers(String url, String... events) throws InvalidWebhookException {
        Headers headers = new RecordHeaders();
        Webhook.of(url, List.of(events)).write(headers);
        return headers;
    }

    private void stored(String promptId, Headers headers) {
        StoredImage image = Records.stored(Records.request("j", promptId, 0, 1));
        pipe(TOPICS.storedImages(), image.getRequest().getImageId(), image, headers);
    }

    private void deleted(String key, Headers headers) {
        headers.add(JobHeaders.DELETED_AT, NOW.toString().getBytes(StandardCharsets.UTF_8));
        pipe(TOPICS.jobImages(), key, null, headers);
    }

    private void job(JobState state, int second, Headers headers) {
        JobStatus status = Records.job("j", state, 1, NOW)
                .setTokensDrawn(1)
                .setDecoded(1)
                .setStored(1)
                .setUpdatedAt(NOW.plusSeconds(second))
                .build();
        pipe(TOPICS.jobs(), "j", status, headers);
    }

    private void beat() {
        driver.advanceWallClockTime(DeliveryProcessor.INTERVAL);
    }

    private KeyValueStore<String, Delivery> pending() {
        return driver.getKeyValueStore(DeliveryProcessor.PENDING);
    }

    private int kept() {
        int kept = 0;
        try (var all = pending().all()) {
            while (all.hasNext()) {
                all.next();
                kept++;
            }
        }
        return kept;
    }

    @Test
    void shouldTellOfAnImageOnce() throws Exception {
        // When
        stored("p", headers(URL));
        beat();
        beat();

        // Then
        assertThat(sender.attempts).hasSize(1);
        Delivery delivery = sender.end(new DeliveryOutcome.Delivered());
        JsonNode body = new JsonMapper().readTree(delivery.body());
        assertThat(delivery.url()).isEqualTo(URL);
        assertThat(delivery.id()).matches("msg_[0-9a-f]{32}");
        assertThat(body.path("type").asText()).isEqualTo("image.stored");
        assertThat(Instant.parse(body.path("timestamp").asText())).isEqualTo(NOW.plusMillis(5));
        assertThat(body.path("data").path("id").asText()).isEqualTo("p/0");
        assertThat(body.path("data").path("job").asText()).isEqualTo("j");
        assertThat(body.path("data").path("labels").path("campaign").asText()).isEqualTo("spring");

        // And
        beat();
        driver.advanceWallClockTime(Duration.ofDays(1));
        assertThat(sender.attempts).isEmpty();
        assertThat(kept()).isZero();
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void shouldTellOfADeletedImage() throws Exception {
        // When
        deleted("j/p.1/2", headers(URL));
        deleted("j/q/0", headers(URL, "image.stored"));
        deleted("j/r/0", new RecordHeaders());
        pipe(TOPICS.jobImages(), "j/s/0", null, headers(URL)); // forgotten with its job
        pipe(TOPICS.jobImages(), "j/t/0", Records.stored(Records.request("j", "t", 0, 1)), headers(URL));
        beat();

        // Then
        assertThat(sender.attempts).hasSize(1);
        Delivery first = sender.end(new DeliveryOutcome.Delivered());
        assertThat(first.body())
                .isEqualTo("{\"type\":\"image.deleted\",\"timestamp\":\"" + NOW + "\",\"data\":{\"id\":\"p.1/2\","
                        + "\"job\":\"j\",\"prompt\":\"p.1\",\"index\":2}}");
        beat();

        // When, Then: a second record of it is the same message
        deleted("j/p.1/2", headers(URL));
        beat();
        assertThat(sender.attempts.get(0).delivery().id()).isEqualTo(first.id());
    }

    @Test
    void shouldTellNobodyWhereNobodyAskedOrNotForThis() throws Exception {
        stored("p", new RecordHeaders());
        stored("q", headers(URL, "job.completed"));
        stored("r", new RecordHeaders().add(Webhook.URL, "no url".getBytes(StandardCharsets.UTF_8)));
        job(JobState.FAILED, 0, headers(URL, "job.completed"));
        pipe(TOPICS.storedImages(), "s/0", null, headers(URL));
        driver.createInputTopic(TOPICS.storedImages(), new StringSerializer(), new StringSerializer())
                .pipeInput(new TestRecord<>("t/0", "no image", headers(URL), NOW));
        beat();
        assertThat(sender.attempts).isEmpty();
        assertThat(kept()).isZero();
    }

    @Test
    void shouldTryAgainAsScheduledUnderTheSameIdAndAtLastSetItAside() throws Exception {
        // Given
        stored("p", headers(URL));
        beat();
        String id = sender.attempts.get(0).delivery().id();

        // When
        for (Duration pause : RetrySchedule.PAUSES) {
            assertThat(sender.end(FAILED).id()).isEqualTo(id);
            beat();
            driver.advanceWallClockTime(pause.minus(DeliveryProcessor.INTERVAL.multipliedBy(2)));
            assertThat(sender.attempts).as("before %s", pause).isEmpty();
            driver.advanceWallClockTime(pause.dividedBy(5).plus(DeliveryProcessor.INTERVAL.multipliedBy(3)));
            assertThat(sender.attempts).as("after %s", pause).hasSize(1);
        }
        assertThat(deadLetters.isEmpty()).isTrue();
        String body = sender.end(FAILED).body();
        beat();

        // Then
        TestRecord<String, String> letter = deadLetters.readRecord();
        assertThat(letter.key()).isEqualTo("p/0");
        assertThat(letter.value()).isEqualTo(body);
        assertThat(letter.headers().toArray())
                .extracting(header -> header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8))
                .containsExactly(
                        "webhook-id=" + id,
                        "dallemini.webhook=" + URL,
                        "__streams.errors.message=the receiver answers 500",
                        "dallemini.error.stage=webhooks",
                        "dallemini.error.attempts=10");
        assertThat(kept()).isZero();
    }

    @Test
    void shouldWaitAsLongAsTheReceiverAsks() throws Exception {
        stored("p", headers(URL));
        beat();
        sender.end(new DeliveryOutcome.Failed("busy", Duration.ofMinutes(10)));
        beat();
        driver.advanceWallClockTime(Duration.ofMinutes(9));
        assertThat(sender.attempts).isEmpty();
        driver.advanceWallClockTime(Duration.ofMinutes(4));
        assertThat(sender.attempts).hasSize(1);
    }

    @Test
    void shouldNotTryAgainWhereTheReceiverIsGone() throws Exception {
        stored("p", headers(URL));
        beat();
        sender.end(new DeliveryOutcome.Gone());
        beat();
        assertThat(deadLetters.readRecordsToList()).hasSize(1);
        assertThat(kept()).isZero();
    }

    @Test
    void shouldNotHoldOthersUpWhereAReceiverHasNoRoom() throws Exception {
        // Given
        sender.full = "https://example.com:443";
        stored("p", headers(URL));
        stored("q", headers("https://example.com:8443/"));
        stored("r", headers("https://example.co/"));

        // When
        beat();

        // Then
        assertThat(sender.attempts)
                .extracting(attempt -> attempt.delivery().subject())
                .containsExactlyInAnyOrder("q/0", "r/0");
        sender.full = "";
        beat();
        assertThat(sender.attempts).hasSize(3);
    }

    @Test
    void shouldTellOfEachEndOfAJobOnce() throws Exception {
        Headers headers = headers(URL);
        job(JobState.PENDING, 0, headers);
        job(JobState.RUNNING, 1, headers);
        beat();
        assertThat(sender.attempts).isEmpty();

        job(JobState.FAILED, 2, headers);
        job(JobState.FAILED, 3, headers);
        job(JobState.RUNNING, 4, headers);
        job(JobState.FAILED, 5, headers);
        job(JobState.COMPLETED, 6, headers);
        job(JobState.CANCELED, 7, headers);
        beat();
        assertThat(sender.attempts)
                .extracting(attempt -> attempt.delivery().type())
                .containsExactlyInAnyOrder("job.failed", "job.failed", "job.completed", "job.canceled");
        assertThat(sender.attempts)
                .extracting(attempt -> attempt.delivery().id())
                .doesNotHaveDuplicates();
        assertThat(sender.attempts.get(0).delivery().body()).contains("\"data\":{\"id\":\"j\",\"state\":");
    }

    @Test
    void shouldForgetHowAJobEndedWithTheJob() throws Exception {
        job(JobState.COMPLETED, 0, headers(URL));
        KeyValueStore<String, String> ended = driver.getKeyValueStore(DeliveryProcessor.ENDED);
        assertThat(ended.get("j")).isEqualTo("job.completed");
        pipe(TOPICS.jobs(), "j", null, new RecordHeaders());
        assertThat(ended.get("j")).isNull();
    }

    @Test
    void shouldKeepWhatIsUnderWayUntilItsOutcomeIsKnown() throws Exception {
        // Given
        stored("p", headers(URL));
        beat();
        assertThat(sender.attempts).hasSize(1);

        // Then: a process that dies now leaves it in the store
        assertThat(kept()).isEqualTo(1);
        try (var all = pending().all()) {
            assertThat(all.next().value).isEqualTo(sender.attempts.get(0).delivery());
        }
    }
}
