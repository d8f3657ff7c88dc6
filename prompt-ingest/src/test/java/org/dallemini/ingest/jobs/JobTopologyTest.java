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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.dallemini.events.Footprint;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageVerdict;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobCommand;
import org.dallemini.events.JobFailure;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.dallemini.events.ModerationDecision;
import org.dallemini.events.ModerationOutcome;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.PromptVerdict;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.jobs.Jobs.ImagePage;
import org.dallemini.ingest.jobs.Jobs.Page;
import org.dallemini.ingest.streams.InMemoryRocksDb;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.prompt.InvalidWebhookException;
import org.dallemini.prompt.Webhook;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobTopologyTest {
    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Topics TOPICS = new Topics("t.");
    private static final long SEED = 20261125;

    @TempDir
    private Path stateDir;

    private TopologyTestDriver driver;
    private TestOutputTopic<String, @Nullable JobStatus> statuses;

    @BeforeEach
    void start() {
        start(stateDir.resolve("0"));
    }

    private void start(Path folder) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "jobs");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, InMemoryRocksDb.class);
        settings.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        driver = new TopologyTestDriver(topology(Duration.ZERO), settings, NOW);
        statuses = driver.createOutputTopic(TOPICS.jobs(), new StringDeserializer(), status());
    }

    private static Deserializer<@Nullable JobStatus> status() {
        return (topic, bytes) -> bytes == null ? null : PlainAvro.read(JobStatus.class, bytes);
    }

    private static Topology topology(Duration imageRetention) {
        RegistryRetry registryRetry = new RegistryRetry();
        return JobTopology.build(
                TOPICS,
                RETENTION,
                imageRetention,
                1,
                new JobUpdateReader(TOPICS, new PlainAvro(), registryRetry),
                (topic, status) -> PlainAvro.bytes(status),
                (topic, decision) -> PlainAvro.bytes(decision),
                (topic, deletion) -> PlainAvro.bytes(deletion),
                registryRetry,
                new SimpleMeterRegistry());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    /** A record of the pipeline, before it is published. */
    private record Event(String topic, String key, byte @Nullable [] value, Headers headers) {}

    private static Event event(String topic, String key, SpecificRecord value) {
        return new Event(topic, key, PlainAvro.bytes(value), new RecordHeaders());
    }

    private static Event asked(ImageRequest request) {
        return event(TOPICS.imageRequests(), request.getImageId(), request);
    }

    private static Event drawn(ImageRequest request) {
        return event(TOPICS.imageTokens(), request.getImageId(), tokens(request));
    }

    private static Event decoded(ImageRequest request) {
        return event(TOPICS.images(), request.getImageId(), image(request));
    }

    private static Event kept(ImageRequest request) {
        return event(TOPICS.storedImages(), request.getImageId(), stored(request));
    }

    private static Event deadLetter(Event event, ErrorCode code) {
        Headers headers = new RecordHeaders(event.headers);
        DeadLetters.describe(
                headers,
                new DeadLetters.Reason("some-stage", event.topic, 0, 7, code, "It is wrong: correct it.", null));
        return new Event(Topics.deadLetters(event.topic), event.key, event.value, headers);
    }

    private static List<Event> whole(ImageRequest request) {
        return List.of(asked(request), drawn(request), decoded(request), kept(request));
    }

    private void publish(Event event) {
        driver.createInputTopic(event.topic, new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(new TestRecord<>(event.key.getBytes(UTF_8), event.value, event.headers, NOW));
    }

    private JobStatus last() {
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);
        List<@Nullable JobStatus> all = statuses.readValuesToList();
        JobStatus last = all.get(all.size() - 1);
        assertThat(last).isNotNull();
        return last;
    }

    private JobsView view() {
        return new JobsView(
                new View<>(
                        () -> driver.getKeyValueStore(JobTopology.VIEW),
                        new PlainAvro().of(JobStatus.class),
                        TOPICS.jobs()),
                new View<>(
                        () -> driver.getKeyValueStore(JobTopology.IMAGES_VIEW),
                        new PlainAvro().of(StoredImage.class),
                        TOPICS.jobImages()));
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
    void shouldFollowAJobFromPendingToCompleted() {
        // Given
        ImageRequest first = request("j", "p", 0, 2);
        ImageRequest second = request("j", "p", 1, 2);

        // When, Then
        publish(asked(first));
        JobStatus pending = last();
        assertThat(pending.getState()).isEqualTo(JobState.PENDING);
        assertThat(pending.getRequested()).isEqualTo(2);
        assertThat(pending.getLabels()).containsEntry("campaign", "spring");
        assertThat(pending.getSubmittedAt()).isEqualTo(NOW);
        whole(first).forEach(this::publish);
        publish(asked(second));
        publish(drawn(second));
        JobStatus running = last();
        assertThat(running.getState()).isEqualTo(JobState.RUNNING);
        assertThat(running.getTokensDrawn()).isEqualTo(2);
        assertThat(running.getDecoded()).isEqualTo(1);
        assertThat(running.getStored()).isEqualTo(1);
        whole(second).forEach(this::publish);
        JobStatus completed = last();
        assertThat(completed.getState()).isEqualTo(JobState.COMPLETED);
        assertThat(completed.getStored()).isEqualTo(2);
        assertThat(completed.getPrompts()).isEqualTo(1);
        assertThat(view().find("j")).contains(completed);
    }

    @Test
    void shouldAddUpWhatTheStoredImagesTook() {
        // Given
        ImageRequest first = request("j", "p", 0, 2);
        ImageRequest second = request("j", "p", 1, 2);
        StoredImage image = StoredImage.newBuilder(stored(first))
                .setTokenTiming(new StageTiming(NOW, 5L, new Footprint(40.0, 0.004, "m")))
                .setDecodeTiming(new StageTiming(NOW, 5L, new Footprint(2.5, 0.0002, "m")))
                .build();

        // When: one of them twice, and one of an earlier version
        publish(asked(first));
        publish(event(TOPICS.storedImages(), first.getImageId(), image));
        publish(event(TOPICS.storedImages(), first.getImageId(), image));
        publish(event(TOPICS.storedImages(), second.getImageId(), stored(second)));

        // Then
        JobStatus job = last();
        assertThat(job.getState()).isEqualTo(JobState.COMPLETED);
        assertThat(job.getEnergyJoules()).isEqualTo(42.5);
        assertThat(job.getCo2eGrams()).isEqualTo(0.0042);
    }

    @Test
    void shouldWriteDownWhatWasDecided() {
        // Given
        ImageRequest plain = request("j", "p", 0, 2);
        ImageRequest marked = ImageRequest.newBuilder(request("j", "p", 0, 2))
                .setPromptVerdict(new PromptVerdict("default 1", "violence", null, null))
                .build();
        ImageRequest second = request("j", "p", 1, 2);
        ImageVerdict seen = new ImageVerdict("nsfw", "porn", Map.of("porn", 0.95f), "ann", "a statue");

        // When
        publish(asked(marked));
        publish(asked(ImageRequest.newBuilder(second)
                .setPromptVerdict(marked.getPromptVerdict())
                .build()));
        publish(kept(plain));
        publish(deadLetter(drawn(second), ErrorCode.MODEL_FAILURE));
        publish(deadLetter(drawn(second), ErrorCode.CONTENT_POLICY));
        publish(event(
                TOPICS.storedImages(),
                second.getImageId(),
                StoredImage.newBuilder(stored(second)).setVerdict(seen).build()));

        // Then
        List<ModerationDecision> decisions = driver.createOutputTopic(
                        TOPICS.moderation(), new StringDeserializer(), decision())
                .readValuesToList();
        assertThat(decisions)
                .extracting(
                        ModerationDecision::getSubject,
                        ModerationDecision::getDecision,
                        ModerationDecision::getCategory,
                        ModerationDecision::getReleasedBy)
                .containsExactly(
                        tuple("p", ModerationOutcome.MARKED, "violence", null),
                        tuple("p/1", ModerationOutcome.REFUSED, null, null),
                        tuple("p/1", ModerationOutcome.RELEASED, "porn", "ann"));
        assertThat(decisions).extracting(ModerationDecision::getJobId).containsOnly("j");
        assertThat(decisions.get(1).getReason()).isEqualTo("It is wrong: correct it.");
        assertThat(decisions.get(1).getStage()).isEqualTo("some-stage");
        assertThat(decisions.get(1).getLetter()).startsWith("t.image-tokens.dlq 0:");
        assertThat(decisions.get(2).getLetter()).isNull();
        assertThat(decisions.get(2).getScores()).containsEntry("porn", 0.95f);
        assertThat(decisions.get(2).getReason()).isEqualTo("a statue");
    }

    private static Deserializer<@Nullable ModerationDecision> decision() {
        return (topic, bytes) -> bytes == null ? null : PlainAvro.read(ModerationDecision.class, bytes);
    }

    @Test
    void shouldSayWithEachStatusWhoIsTold() throws InvalidWebhookException {
        // Given
        Webhook webhook = Webhook.of("https://example.com/hook", List.of("job.completed"));
        Headers headers = new RecordHeaders();
        webhook.write(headers);
        Headers another = new RecordHeaders();
        Webhook.of("https://example.org/", List.of()).write(another);
        ImageRequest first = request("j", "p", 0, 1);
        ImageRequest second = request("j", "q", 0, 1);

        // When
        publish(with(headers, asked(first)));
        publish(with(another, asked(second)));
        whole(first).forEach(this::publish);
        whole(second).forEach(this::publish);
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);

        // Then
        assertThat(statuses.readRecordsToList())
                .isNotEmpty()
                .allSatisfy(status -> assertThat(Webhook.of(status.headers())).contains(webhook));
    }

    /** Or whoever may only submit could have themselves told of the jobs of others. */
    @Test
    void shouldNotTellWhoWasRefusedForTheIdOfAnothersJob() throws InvalidWebhookException {
        // Given
        Headers headers = new RecordHeaders();
        Webhook.of("https://example.com/hook", List.of()).write(headers);
        publish(asked(request("j", "j", 0, 1)));

        // When
        PromptRequest prompt =
                PromptRequest.newBuilder().setText("x").setId("j").build();
        publish(deadLetter(with(headers, event(TOPICS.prompts(), "j", prompt)), ErrorCode.ID_REUSED));
        drawnAndKept(request("j", "j", 0, 1));
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);

        // Then
        assertThat(statuses.readRecordsToList()).isNotEmpty().allSatisfy(status -> assertThat(status.headers())
                .isEmpty());

        // But of one's own job that was refused one is told
        PromptRequest own = PromptRequest.newBuilder().setText("x").setId("k").build();
        publish(deadLetter(with(headers, event(TOPICS.prompts(), "k", own)), ErrorCode.TEXT_TOO_LONG));
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);
        assertThat(statuses.readRecordsToList())
                .isNotEmpty()
                .allSatisfy(status -> assertThat(Webhook.of(status.headers())).isPresent());
    }

    /** A job that was published without a hash of its content can be joined by others. */
    @Test
    void shouldNotTellWhoJoinsAnothersJob() throws InvalidWebhookException {
        // Given
        Headers headers = new RecordHeaders();
        Webhook.of("https://example.com/hook", List.of()).write(headers);
        headers.add(JobHeaders.CONTENT, "a".repeat(64).getBytes(UTF_8));
        publish(asked(request("j", "p", 0, 1)));

        // When
        publish(with(headers, asked(request("j", "j.0", 0, 1))));
        drawnAndKept(request("j", "p", 0, 1));
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);

        // Then
        assertThat(statuses.readRecordsToList()).isNotEmpty().allSatisfy(status -> assertThat(status.headers())
                .isEmpty());
    }

    private void drawnAndKept(ImageRequest request) {
        publish(drawn(request));
        publish(decoded(request));
        publish(kept(request));
    }

    private static Event with(Headers headers, Event event) {
        return new Event(event.topic, event.key, event.value, headers);
    }

    /** Whoever may write to the topics behind the intake could else make a status that no record can hold. */
    @Test
    void shouldLeaveOutLabelsThatNoIntakeLetsPass() {
        ImageRequest request = ImageRequest.newBuilder(request("j", "p", 0, 1))
                .setLabels(Map.of("campaign", "x".repeat(900_000)))
                .build();
        publish(asked(request));
        assertThat(last().getLabels()).isEmpty();
    }

    @Test
    void shouldSayNothingAboutWhatItKnows() {
        // Given
        ImageRequest request = request("j", "p", 0, 1);
        whole(request).forEach(this::publish);
        assertThat(last().getState()).isEqualTo(JobState.COMPLETED);

        // When
        whole(request).forEach(this::publish);
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);

        // Then
        assertThat(statuses.isEmpty()).isTrue();
    }

    @Test
    void shouldNameAFailedImageAndForgetItsFailureOnceItIsStored() {
        // Given
        ImageRequest request = request("j", "p", 0, 1);
        publish(asked(request));
        publish(drawn(request));

        // When
        publish(deadLetter(drawn(request), ErrorCode.MODEL_MISMATCH));

        // Then
        JobStatus failed = last();
        assertThat(failed.getState()).isEqualTo(JobState.FAILED);
        assertThat(failed.getFailed()).isEqualTo(1);
        assertThat(failed.getFailures())
                .containsExactly(new JobFailure("p/0", "model-mismatch", "some-stage", "It is wrong: correct it."));

        // When it is replayed
        publish(drawn(request));
        assertThat(statuses.isEmpty()).isTrue();
        publish(decoded(request));
        publish(kept(request));

        // Then
        JobStatus completed = last();
        assertThat(completed.getState()).isEqualTo(JobState.COMPLETED);
        assertThat(completed.getFailed()).isZero();
        assertThat(completed.getFailures()).isEmpty();
    }

    private static Event command(String jobId, JobAction action) {
        return event(TOPICS.jobCommands(), jobId, new JobCommand(jobId, action, NOW, null));
    }

    /** As the replay of dead letters publishes it. */
    private static Event replayed(Event event, int attempts) {
        Headers headers = new RecordHeaders(event.headers)
                .add(DeadLetters.ATTEMPTS, Integer.toString(attempts).getBytes(UTF_8));
        return new Event(event.topic, event.key, event.value, headers);
    }

    @Test
    void shouldCancelAJobOnceNothingIsLeftToDo() {
        // Given: of three images one is drawn
        ImageRequest drawn = request("j", "p", 0, 3);
        List<Event> others = List.of(asked(request("j", "p", 1, 3)), asked(request("j", "p", 2, 3)));
        publish(asked(drawn));
        publish(drawn(drawn));
        others.forEach(this::publish);

        // When, Then
        publish(command("j", JobAction.CANCEL));
        JobStatus asked = last();
        assertThat(asked.getState()).isEqualTo(JobState.RUNNING);
        assertThat(asked.getCancelRequestedAt()).isEqualTo(NOW);
        others.forEach(other -> publish(deadLetter(other, ErrorCode.CANCELED)));
        assertThat(last().getState()).isEqualTo(JobState.RUNNING);
        publish(decoded(drawn));
        publish(kept(drawn));
        JobStatus canceled = last();
        assertThat(canceled.getState()).isEqualTo(JobState.CANCELED);
        assertThat(canceled.getStored()).isEqualTo(1);
        assertThat(canceled.getCanceled()).isEqualTo(2);
        assertThat(canceled.getFailed()).isZero();
        assertThat(canceled.getFailures()).isEmpty();

        // And once more changes nothing
        publish(command("j", JobAction.CANCEL));
        assertThat(statuses.isEmpty()).isTrue();

        // When it is resumed and replayed
        publish(command("j", JobAction.RESUME));
        assertThat(last().getCancelRequestedAt()).isNull();
        others.forEach(other -> publish(replayed(other, 1)));
        JobStatus resumed = last();
        assertThat(resumed.getState()).isEqualTo(JobState.RUNNING);
        assertThat(resumed.getCanceled()).isZero();

        // And canceled again
        publish(deadLetter(replayed(others.get(0), 1), ErrorCode.CANCELED));
        publish(deadLetter(replayed(others.get(1), 1), ErrorCode.CANCELED));
        assertThat(last().getState()).isEqualTo(JobState.CANCELED);
    }

    @Test
    void shouldBeCompletedIfAllWasDrawnBeforeTheCancelCame() {
        // Given
        ImageRequest request = request("j", "p", 0, 1);
        publish(asked(request));
        publish(drawn(request));

        // When
        publish(command("j", JobAction.CANCEL));
        publish(decoded(request));
        publish(kept(request));

        // Then
        assertThat(last().getState()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void shouldRememberACommandThatComesBeforeItsJob() {
        // When
        publish(command("j", JobAction.CANCEL));
        publish(command("unknown", JobAction.CANCEL));
        publish(command("not/valid", JobAction.CANCEL));

        // Then
        assertThat(statuses.isEmpty()).isTrue();
        Headers two = new RecordHeaders().add(JobHeaders.PROMPTS, "2".getBytes(UTF_8));
        Event asked = asked(request("j", "p", 0, 1));
        publish(new Event(asked.topic, asked.key, asked.value, two));
        assertThat(last().getCancelRequestedAt()).isEqualTo(NOW);

        // And waits for no prompt that may never come
        publish(deadLetter(asked, ErrorCode.CANCELED));
        assertThat(last().getState()).isEqualTo(JobState.CANCELED);
    }

    @Test
    void shouldTakeAReplayedImageForOneThatIsUnderWay() {
        // Given
        ImageRequest request = request("j", "p", 0, 1);
        publish(asked(request));
        publish(deadLetter(asked(request), ErrorCode.MODEL_FAILURE));
        assertThat(last().getState()).isEqualTo(JobState.FAILED);

        // When, Then
        publish(replayed(asked(request), 1));
        assertThat(last().getState()).isEqualTo(JobState.PENDING);
        publish(deadLetter(replayed(asked(request), 1), ErrorCode.DEADLINE_EXCEEDED));
        JobStatus failed = last();
        assertThat(failed.getState()).isEqualTo(JobState.FAILED);
        assertThat(failed.getFailures()).extracting(JobFailure::getCode).containsExactly("deadline-exceeded");

        // And a number that somebody has made up hides nothing
        Event forged = replayed(asked(request("k", "q", 0, 1)), Integer.MAX_VALUE);
        publish(forged);
        publish(deadLetter(forged, ErrorCode.MODEL_FAILURE));
        assertThat(last().getState()).isEqualTo(JobState.FAILED);
    }

    @Test
    void shouldTellTheLaneOfAJob() {
        publish(asked(request("j", "p", 0, 2)));
        assertThat(last().getLane()).isEqualTo(Lane.INTERACTIVE);
        ImageRequest bulk = ImageRequest.newBuilder(request("j", "p", 1, 2))
                .setLane(Lane.BULK)
                .build();
        publish(event(TOPICS.bulkImageRequests(), bulk.getImageId(), bulk));
        assertThat(last().getLane()).isEqualTo(Lane.BULK);
    }

    @Test
    void shouldFailJobsOfRefusedPrompts() {
        // Given
        PromptRequest.Builder prompt = PromptRequest.newBuilder().setText("x").setLane(Lane.INTERACTIVE);
        String promptsTopic = TOPICS.prompts();

        // When: with a job of its own, with none, and bytes that nobody can read
        publish(deadLetter(
                event(promptsTopic, "k1", prompt.setId("p1").setJobId("j1").build()), ErrorCode.TEXT_TOO_LONG));
        publish(deadLetter(
                event(promptsTopic, "k2", prompt.setId(null).setJobId(null).build()), ErrorCode.INVALID_TEXT));
        publish(deadLetter(
                new Event(promptsTopic, "k3", new byte[] {1, 2}, new RecordHeaders()), ErrorCode.UNDECODABLE_RECORD));
        publish(deadLetter(
                event(promptsTopic, "k4", prompt.setJobId("not/valid").build()), ErrorCode.INVALID_ID));
        publish(deadLetter(event(promptsTopic, "no id!", prompt.build()), ErrorCode.INVALID_ID));
        Event named = event(promptsTopic, "shared", prompt.setJobId(null).build());
        named.headers().add("ce_specversion", "1.0".getBytes(UTF_8)).add("ce_id", "e5".getBytes(UTF_8));
        publish(deadLetter(named, ErrorCode.INVALID_TEXT));

        // Then
        List<KeyValue<String, @Nullable JobStatus>> all = statuses.readKeyValuesToList();
        assertThat(all).extracting(one -> one.key).containsExactly("j1", "k2", "k3", "k4", "e5");
        assertThat(all).extracting(one -> one.value).allSatisfy(status -> {
            assertThat(status).isNotNull();
            assertThat(status.getState()).isEqualTo(JobState.FAILED);
            assertThat(status.getPromptsRefused()).isEqualTo(1);
            assertThat(status.getRequested()).isZero();
        });
        assertThat(all.stream().flatMap(one -> one.value == null ? Stream.of() : one.value.getFailures().stream()))
                .extracting(JobFailure::getSubject, JobFailure::getCode)
                .containsExactly(
                        tuple("p1", "text-too-long"),
                        tuple("k2", "invalid-text"),
                        tuple("k3", "undecodable-record"),
                        tuple("k4", "invalid-id"),
                        tuple("e5", "invalid-text"));
    }

    @Test
    void shouldNotFailAJobBecauseItsIdWasReused() {
        // Given
        ImageRequest request = request("p", "p", 0, 1);
        whole(request).forEach(this::publish);
        PromptRequest other = PromptRequest.newBuilder()
                .setText("y")
                .setLane(Lane.INTERACTIVE)
                .build();

        // When
        publish(deadLetter(event(TOPICS.prompts(), "p", other), ErrorCode.ID_REUSED));

        // Then
        assertThat(last().getState()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void shouldWaitForAllPromptsThatWereAnnounced() {
        // Given
        Headers headers = new RecordHeaders()
                .add(JobHeaders.PROMPTS, "2".getBytes(UTF_8))
                .add(JobHeaders.CONTENT, "ab".repeat(32).getBytes(UTF_8));
        List<Event> first = whole(request("j", "p1", 0, 1));
        List<Event> second = whole(request("j", "p2", 0, 1));

        // When
        first.forEach(event -> publish(new Event(event.topic, event.key, event.value, headers)));

        // Then
        JobStatus running = last();
        assertThat(running.getState()).isEqualTo(JobState.RUNNING);
        assertThat(running.getPromptsExpected()).isEqualTo(2);
        assertThat(running.getContent()).isEqualTo("ab".repeat(32));
        second.forEach(this::publish);
        assertThat(last().getState()).isEqualTo(JobState.COMPLETED);
    }

    /** Two asked for other things by the same id at the same time: only the winner's repetition may be taken. */
    @Test
    void shouldNotTakeTheContentOfAJobFromARefusedPrompt() {
        // Given
        Headers losers =
                new RecordHeaders().add(JobHeaders.CONTENT, "ab".repeat(32).getBytes(UTF_8));
        Headers winners =
                new RecordHeaders().add(JobHeaders.CONTENT, "cd".repeat(32).getBytes(UTF_8));
        Event won = asked(request("j", "p", 0, 1));

        // When
        publish(deadLetter(new Event(TOPICS.prompts(), "j", new byte[0], losers), ErrorCode.ID_REUSED));
        assertThat(last().getContent()).isNull();
        publish(new Event(won.topic, won.key, won.value, winners));

        // Then
        assertThat(last().getContent()).isEqualTo("cd".repeat(32));
    }

    @Test
    void shouldNotDependOnOrderOrRepetitions() {
        // Given: five images; one failed and was replayed, one failed for good, one was canceled, one was canceled and
        // replayed in vain; and a refused prompt
        List<Event> events = new ArrayList<>();
        ImageRequest fine = request("j", "p", 0, 5);
        ImageRequest replayed = request("j", "p", 1, 5);
        ImageRequest failed = request("j", "p", 2, 5);
        Event canceled = asked(request("j", "p", 3, 5));
        Event again = asked(request("j", "p", 4, 5));
        events.addAll(List.of(canceled, deadLetter(canceled, ErrorCode.CANCELED)));
        events.addAll(List.of(again, deadLetter(again, ErrorCode.CANCELED), replayed(again, 1)));
        events.add(deadLetter(replayed(again, 1), ErrorCode.DEADLINE_EXCEEDED));
        events.addAll(whole(fine));
        events.addAll(whole(replayed));
        events.add(deadLetter(drawn(replayed), ErrorCode.MODEL_MISMATCH));
        events.add(asked(failed));
        events.add(deadLetter(asked(failed), ErrorCode.DEADLINE_EXCEEDED));
        events.add(deadLetter(
                event(
                        TOPICS.prompts(),
                        "q",
                        PromptRequest.newBuilder()
                                .setText("x")
                                .setLane(Lane.INTERACTIVE)
                                .setJobId("j")
                                .build()),
                ErrorCode.TEXT_TOO_LONG));
        for (int round = 0; round < 12; round++) {
            driver.close();
            start(stateDir.resolve("round" + round));
            List<Event> shuffled = new ArrayList<>(events);
            shuffled.addAll(events.subList(0, round));
            Collections.shuffle(shuffled, new Random(SEED + round));

            // When
            shuffled.forEach(this::publish);

            // Then
            JobStatus status = last();
            assertThat(status.getState()).as("seed %d", SEED + round).isEqualTo(JobState.CANCELED);
            assertThat(List.of(
                            status.getRequested(),
                            status.getTokensDrawn(),
                            status.getDecoded(),
                            status.getStored(),
                            status.getFailed(),
                            status.getCanceled(),
                            status.getPromptsRefused()))
                    .as("seed %d", SEED + round)
                    .containsExactly(5, 2, 2, 2, 2, 1, 1);
            assertThat(status.getFailures())
                    .as("seed %d", SEED + round)
                    .extracting(JobFailure::getSubject)
                    .containsExactlyInAnyOrder("p/2", "p/4", "q");
        }
    }

    @Test
    void shouldNotBeStoppedByBytesThatAreNoEvent() {
        // Given
        ImageRequest known = request("p", "p", 0, 1);
        publish(asked(known));

        // When
        for (String topic : JobUpdateReader.topics(TOPICS)) {
            publish(new Event(topic, "nobody/0", new byte[] {9, 9, 9}, new RecordHeaders()));
            publish(new Event(topic, "p", null, new RecordHeaders().add(DeadLetters.CODE, null)));
        }
        publish(asked(request("../evil", "p", 0, 1)));
        Event broken = new Event(TOPICS.imageTokens(), "p/0", new byte[] {9, 9, 9}, new RecordHeaders());
        publish(deadLetter(broken, ErrorCode.UNDECODABLE_RECORD));

        // Then: the job is found by the image's key; no other job came to be but that of the refused prompt
        JobStatus status = last();
        assertThat(status.getState()).isEqualTo(JobState.FAILED);
        assertThat(status.getFailures()).extracting(JobFailure::getCode).contains("undecodable-record");
        assertThat(view().list(any -> true, null, 10).jobs())
                .extracting(JobStatus::getJobId)
                .containsExactly("p");
    }

    @Test
    void shouldNameAtMostTwentyFailuresAndOthersOnceThoseAreCorrected() {
        // Given
        List<ImageRequest> requests = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            requests.add(request("j", "p", i, 25));
        }
        requests.forEach(request -> publish(deadLetter(asked(request), ErrorCode.DEADLINE_EXCEEDED)));
        assertThat(last().getFailures()).hasSize(JobAggregate.MAX_FAILURES);

        // When
        requests.subList(0, 20).forEach(request -> publish(drawn(request)));

        // Then
        JobStatus status = last();
        assertThat(status.getFailed()).isEqualTo(5);
        assertThat(status.getFailures()).hasSize(5);
        assertThat(status.getState()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void shouldTellAJobThatChangesOftenNowAndThen() {
        // When: ten images come at once
        for (int i = 0; i < 10; i++) {
            publish(asked(request("j", "p" + i, 0, 1)));
        }

        // Then: the first is told at once, all of them a little later
        assertThat(statuses.readValuesToList())
                .extracting(JobStatus::getRequested)
                .containsExactly(1);
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);
        assertThat(statuses.readValuesToList())
                .extracting(JobStatus::getRequested)
                .containsExactly(10);

        // And what comes then has to wait for the next time
        publish(asked(request("j", "q", 0, 1)));
        assertThat(statuses.isEmpty()).isTrue();
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);
        assertThat(last().getRequested()).isEqualTo(11);
        assertThat(entries(JobProcessor.PENDING)).isZero();

        // And when nothing comes it is told at once again
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);
        publish(asked(request("j", "r", 0, 1)));
        assertThat(statuses.readValuesToList()).hasSize(1);
    }

    @Test
    void shouldTellWhatAnotherProcessDidNotComeTo() {
        // Given: what is restored from the changelogs says that the last change was not told
        publish(asked(request("j", "p", 0, 1)));
        assertThat(statuses.readValuesToList()).hasSize(1);
        driver.<String, byte[]>getKeyValueStore(JobProcessor.PENDING).put("j", new byte[0]);

        // When
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);

        // Then
        assertThat(statuses.readValuesToList())
                .extracting(JobStatus::getRequested)
                .containsExactly(1);
        assertThat(entries(JobProcessor.PENDING)).isZero();
    }

    @Test
    void shouldForgetEndedJobsAfterRetention() {
        // Given: one completed, one failed, one running
        whole(request("done", "p", 0, 1)).forEach(this::publish);
        publish(deadLetter(asked(request("failed", "q", 0, 1)), ErrorCode.DEADLINE_EXCEEDED));
        publish(asked(request("running", "r", 0, 1)));
        last();
        assertThat(entries(JobProcessor.ITEMS)).isEqualTo(6);
        assertThat(entries(JobTopology.IMAGES_VIEW)).isEqualTo(1);

        // When
        driver.advanceWallClockTime(RETENTION.minusSeconds(1));
        assertThat(statuses.isEmpty()).isTrue();
        driver.advanceWallClockTime(Duration.ofMinutes(1));

        // Then
        assertThat(statuses.readKeyValuesToList()).containsExactly(new KeyValue<>("done", null));
        assertThat(view().find("done")).isEmpty();
        assertThat(view().find("failed")).isPresent();
        assertThat(view().images("done", null, 10).images()).isEmpty();
        assertThat(entries(JobTopology.IMAGES_VIEW)).isZero();
        assertThat(entries(JobProcessor.ITEMS)).isEqualTo(4);

        // And the others when nothing can come of them any more
        driver.advanceWallClockTime(Duration.ofDays(31));
        assertThat(statuses.readKeyValuesToList()).extracting(one -> one.key).containsExactly("failed", "running");
        assertThat(entries(JobProcessor.ITEMS)).isZero();
        assertThat(entries(JobProcessor.AGGREGATES)).isZero();
    }

    @Test
    void shouldListTheImagesOfAJobByPages() {
        // Given
        for (int i = 0; i < 3; i++) {
            whole(request("j", "p", i, 3)).forEach(this::publish);
        }
        whole(request("j0", "p", 0, 1)).forEach(this::publish);
        publish(drawn(request("j", "q", 0, 1)));

        // When
        ImagePage first = view().images("j", null, 2);
        ImagePage second = view().images("j", first.next(), 2);

        // Then
        assertThat(first.images())
                .extracting(image -> image.getRequest().getImageId())
                .containsExactly("p/0", "p/1");
        assertThat(first.next()).isEqualTo("p/1");
        assertThat(second.images())
                .extracting(image -> image.getRequest().getImageId())
                .containsExactly("p/2");
        assertThat(second.next()).isNull();
        assertThat(view().image("j", "p/2")).isPresent();
        assertThat(view().image("j", "q/0")).isEmpty();
        assertThat(view().images("unknown", null, 2).images()).isEmpty();
    }

    @Test
    void shouldListJobsByPages() {
        // Given
        for (String job : List.of("b", "a", "d", "c")) {
            publish(asked(request(job, job, 0, 1)));
        }
        publish(drawn(request("c", "c", 0, 1)));
        driver.advanceWallClockTime(JobProcessor.STATUS_INTERVAL);

        // When
        Page first = view().list(any -> true, null, 3);
        Page second = view().list(any -> true, first.next(), 3);
        Page running = view().list(job -> job.getState() == JobState.RUNNING, null, 10);

        // Then
        assertThat(first.jobs()).extracting(JobStatus::getJobId).containsExactly("a", "b", "c");
        assertThat(second.jobs()).extracting(JobStatus::getJobId).containsExactly("d");
        assertThat(second.next()).isNull();
        assertThat(running.jobs()).extracting(JobStatus::getJobId).containsExactly("c");
    }

    @Test
    void shouldNameEveryNodeAndStore() {
        assertThat(Stream.of(topology(Duration.ZERO).describe().toString().split("\\s+")))
                .contains(
                        "job-events",
                        "job-facts",
                        "job-tracker",
                        "job-status",
                        "jobs",
                        "jobs-view-source",
                        "job-images-view-source")
                .noneMatch(word -> word.matches("[A-Z-]+-\\d{10}.*"));
    }

    @Test
    void shouldUseTheClockRatherThanTimestamps() {
        publish(asked(request("j", "p", 0, 1)));
        assertThat(last().getUpdatedAt()).isEqualTo(Instant.ofEpochMilli(NOW.toEpochMilli()));
    }
}
