package org.dallemini.ingest.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.dallemini.ingest.jobs.Records.NOW;
import static org.dallemini.ingest.jobs.Records.image;
import static org.dallemini.ingest.jobs.Records.request;
import static org.dallemini.ingest.jobs.Records.stored;
import static org.dallemini.ingest.jobs.Records.tokens;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobCommand;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.streams.InMemoryRocksDb;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.prompt.Webhook;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.deletions.Deletions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeletionTopologyTest {
    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Duration IMAGE_RETENTION = Duration.ofDays(30);
    private static final Topics TOPICS = new Topics("t.");

    @TempDir
    private Path stateDir;

    private TopologyTestDriver driver;
    private TestOutputTopic<String, @Nullable JobStatus> statuses;
    private TestOutputTopic<String, @Nullable ImageDeletion> deletions;

    @BeforeEach
    void start() {
        start(Duration.ZERO);
    }

    private void start(Duration imageRetention) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "jobs");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        settings.put(
                StreamsConfig.STATE_DIR_CONFIG,
                stateDir.resolve(imageRetention.toString()).toString());
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, InMemoryRocksDb.class);
        RegistryRetry registryRetry = new RegistryRetry();
        driver = new TopologyTestDriver(
                JobTopology.build(
                        TOPICS,
                        RETENTION,
                        imageRetention,
                        1,
                        new JobUpdateReader(TOPICS, new PlainAvro(), registryRetry),
                        (topic, status) -> PlainAvro.bytes(status),
                        (topic, decision) -> PlainAvro.bytes(decision),
                        (topic, deletion) -> PlainAvro.bytes(deletion),
                        registryRetry,
                        new SimpleMeterRegistry()),
                settings,
                NOW);
        statuses = driver.createOutputTopic(TOPICS.jobs(), new StringDeserializer(), of(JobStatus.class));
        deletions =
                driver.createOutputTopic(TOPICS.imageDeletions(), new StringDeserializer(), of(ImageDeletion.class));
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private static <T extends SpecificRecord> Deserializer<@Nullable T> of(Class<T> type) {
        return (topic, bytes) -> bytes == null ? null : PlainAvro.read(type, bytes);
    }

    private void publish(String topic, String key, SpecificRecord value) {
        publish(topic, key, value, new RecordHeaders());
    }

    private void publish(String topic, String key, SpecificRecord value, Headers headers) {
        driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(new TestRecord<>(key.getBytes(UTF_8), PlainAvro.bytes(value), headers, NOW));
    }

    /** By the image decoder. */
    private void fail(ImageRequest request, ErrorCode code) {
        Headers headers = new RecordHeaders();
        DeadLetters.describe(
                headers,
                new DeadLetters.Reason("image-decoder", TOPICS.imageTokens(), 0, 7, code, "It is wrong", null));
        publish(Topics.deadLetters(TOPICS.imageTokens()), request.getImageId(), tokens(request), headers);
    }

    private void store(ImageRequest request) {
        publish(TOPICS.imageRequests(), request.getImageId(), request);
        publish(TOPICS.images(), request.getImageId(), image(request));
        publish(TOPICS.storedImages(), request.getImageId(), stored(request));
    }

    private void delete(ImageRequest request) {
        publish(TOPICS.imageDeletions(), request.getImageId(), Deletions.of(stored(request), NOW, "ann", null));
    }

    private void deleteJob(String jobId) {
        publish(TOPICS.jobCommands(), jobId, new JobCommand(jobId, JobAction.DELETE, NOW, "ann"));
    }

    private JobStatus last() {
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);
        List<@Nullable JobStatus> all = statuses.readValuesToList();
        JobStatus last = all.get(all.size() - 1);
        assertThat(last).isNotNull();
        return last;
    }

    private List<String> shown(String jobId) {
        View<StoredImage> images = new View<>(
                () -> driver.getKeyValueStore(JobTopology.IMAGES_VIEW),
                new PlainAvro().of(StoredImage.class),
                TOPICS.jobImages());
        View<JobStatus> jobs = new View<>(
                () -> driver.getKeyValueStore(JobTopology.VIEW), new PlainAvro().of(JobStatus.class), TOPICS.jobs());
        return new JobsView(jobs, images)
                .images(jobId, null, 1_000_000).images().stream()
                        .map(image -> image.getRequest().getImageId())
                        .toList();
    }

    private long entries(String store) {
        long entries = 0;
        try (var all = driver.getKeyValueStore(store).all()) {
            for (; all.hasNext(); all.next()) {
                entries++;
            }
        }
        return entries;
    }

    @Test
    void shouldTakeADeletedImageOutOfItsJobAndKeepTheNumbers() {
        // Given
        store(request("j", "p", 0, 2));
        store(request("j", "p", 1, 2));
        JobStatus before = last();

        // When: also stored again, as it was on its way when it was deleted
        delete(request("j", "p", 0, 2));
        publish(TOPICS.storedImages(), "p/0", stored(request("j", "p", 0, 2)));

        // Then
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);
        assertThat(shown("j")).containsExactly("p/1");
        assertThat(before.getState()).isEqualTo(JobState.COMPLETED);
        assertThat(statuses.isEmpty()).isTrue();
        assertThat(deletions.isEmpty()).isTrue();
    }

    /** As after its local state was lost, or where a deletion overtakes its image. */
    @Test
    void shouldNotShowAnImageWhoseDeletionCameFirst() {
        // When
        delete(request("j", "p", 0, 1));
        assertThat(statuses.isEmpty()).isTrue();
        store(request("j", "p", 0, 1));

        // Then
        assertThat(last().getStored()).isEqualTo(1);
        assertThat(shown("j")).isEmpty();

        // And in the end nothing is kept of it
        driver.advanceWallClockTime(Duration.ofDays(31).plusMinutes(1));
        assertThat(entries(JobProcessor.ITEMS)).isZero();
    }

    /** They may lie in quarantine, and somebody may release them. */
    @Test
    void shouldDeleteAJobWithTheImagesThatTheFilterRefused() {
        // Given
        fail(request("j", "p", 0, 3), ErrorCode.CONTENT_POLICY);
        fail(request("j", "p", 1, 3), ErrorCode.MODEL_FAILURE);
        last();

        // When: one is refused after that
        deleteJob("j");
        fail(request("j", "p", 2, 3), ErrorCode.CONTENT_POLICY);

        // Then
        assertThat(deletions.readValuesToList())
                .extracting(ImageDeletion::getImageId, ImageDeletion::getKeys, ImageDeletion::getBy)
                .containsExactly(tuple("p/0", List.of(), "ann"), tuple("p/2", List.of(), "ann"));
    }

    @Test
    void shouldDeleteAJobWithItsImages() {
        // Given
        store(request("j", "p", 0, 2));
        store(request("j", "p", 1, 2));
        store(request("other", "q", 0, 1));
        last();

        // When
        deleteJob("j");

        // Then
        assertThat(statuses.readKeyValuesToList()).containsExactly(new KeyValue<>("j", null));
        assertThat(deletions.readValuesToList())
                .extracting(
                        ImageDeletion::getImageId,
                        ImageDeletion::getBucket,
                        ImageDeletion::getKeys,
                        ImageDeletion::getBy)
                .containsExactly(
                        tuple("p/0", "images", List.of("p/0.png"), "ann"),
                        tuple("p/1", "images", List.of("p/1.png"), "ann"));
        assertThat(shown("j")).isEmpty();
        assertThat(shown("other")).containsExactly("q/0");
        assertThat(entries(JobProcessor.ITEMS)).isEqualTo(2);
    }

    /** Each once: those of a deleted job, one that somebody deleted, and one that is too old. */
    @Test
    void shouldTellTheWebhookOfItsJobOfADeletedImage() throws Exception {
        // Given
        driver.close();
        start(IMAGE_RETENTION);
        TestOutputTopic<String, byte[]> filed =
                driver.createOutputTopic(TOPICS.jobImages(), new StringDeserializer(), new ByteArrayDeserializer());
        Webhook webhook = Webhook.of("https://example.com/hook", List.of("image.deleted"));
        Headers headers = new RecordHeaders();
        webhook.write(headers);
        for (int i = 0; i < 3; i++) {
            publish(TOPICS.storedImages(), "p/" + i, stored(request("j", "p", i, 3)), headers);
        }
        store(request("untold", "q", 0, 1));

        // When
        delete(request("j", "p", 0, 3));
        delete(request("untold", "q", 0, 1));
        publish(TOPICS.storedImages(), "p/0", stored(request("j", "p", 0, 3)), headers);

        // Then
        assertThat(told(filed)).containsExactly("j/p/0");

        // When
        driver.advanceWallClockTime(IMAGE_RETENTION.plusMinutes(1));

        // Then
        assertThat(told(filed)).containsExactly("j/p/1", "j/p/2");

        // When
        publish(TOPICS.storedImages(), "r/0", stored(request("k", "r", 0, 1)), headers);
        deleteJob("k");

        // Then
        assertThat(told(filed)).containsExactly("k/r/0");
    }

    private static List<String> told(TestOutputTopic<String, byte[]> filed) {
        return filed.readRecordsToList().stream()
                .filter(record ->
                        record.value() == null && JobHeaders.text(record.headers(), JobHeaders.DELETED_AT) != null)
                .peek(record -> assertThat(Webhook.ifValid(record.headers())).isPresent())
                .map(TestRecord::key)
                .toList();
    }

    @Test
    void shouldNotLetADeletedJobComeBack() {
        // Given
        store(request("j", "p", 0, 2));
        deleteJob("j");
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);
        statuses.readValuesToList();
        deletions.readValuesToList();

        // When: its other image is replayed
        store(request("j", "p", 1, 2));
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);

        // Then
        assertThat(statuses.isEmpty()).isTrue();
        assertThat(deletions.readValuesToList())
                .extracting(ImageDeletion::getImageId)
                .containsExactly("p/1");
        assertThat(shown("j")).isEmpty();

        // And in the end nothing is kept of it
        driver.advanceWallClockTime(Duration.ofDays(32));
        assertThat(entries(JobProcessor.AGGREGATES)).isZero();
    }

    @Test
    void shouldDeleteALargeJobInPieces() {
        // Given
        int images = 2 * JobExpiry.IMAGES_AT_ONCE + 10;
        for (int i = 0; i < images; i++) {
            publish(TOPICS.storedImages(), "p/" + i, stored(request("j", "p", i, images)));
        }

        // When
        deleteJob("j");
        long first = deletions.readValuesToList().size();
        driver.advanceWallClockTime(JobExpiry.PAUSE);
        driver.advanceWallClockTime(JobExpiry.PAUSE);

        // Then
        assertThat(first).isPositive().isLessThanOrEqualTo(JobExpiry.IMAGES_AT_ONCE);
        assertThat(first + deletions.readValuesToList().size()).isEqualTo(images);
        assertThat(entries(JobProcessor.ITEMS)).isZero();
    }

    @Test
    void shouldDeleteImagesThatAreOldAndThenForgetTheirJob() {
        // Given
        driver.close();
        start(IMAGE_RETENTION);
        store(request("j", "p", 0, 2));
        store(request("j", "p", 1, 2));
        delete(request("j", "p", 1, 2));
        last();

        // When
        driver.advanceWallClockTime(IMAGE_RETENTION.minusMinutes(1));

        // Then: jobs are kept as long as their images
        assertThat(deletions.isEmpty()).isTrue();
        assertThat(shown("j")).containsExactly("p/0");

        // When
        driver.advanceWallClockTime(Duration.ofMinutes(2));

        // Then
        assertThat(deletions.readValuesToList()).singleElement().satisfies(deletion -> {
            assertThat(deletion).isNotNull();
            assertThat(deletion.getImageId()).isEqualTo("p/0");
            assertThat(deletion.getBy()).isEqualTo(JobExpiry.RETENTION);
        });
        assertThat(shown("j")).isEmpty();
        driver.advanceWallClockTime(JobExpiry.SWEEP);
        assertThat(deletions.isEmpty()).isTrue();
        assertThat(entries(JobProcessor.AGGREGATES)).isZero();
    }
}
