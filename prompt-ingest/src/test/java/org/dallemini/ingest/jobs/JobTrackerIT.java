package org.dallemini.ingest.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.dallemini.ingest.jobs.Records.image;
import static org.dallemini.ingest.jobs.Records.request;
import static org.dallemini.ingest.jobs.Records.stored;
import static org.dallemini.ingest.jobs.Records.tokens;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.JobFailure;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.PromptIngest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.Servers;
import org.dallemini.ingest.WithServers;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.RunningStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tracking with a real broker and a real registry, and the records of stages that are not here. */
@SuppressWarnings("FutureReturnValueIgnored") // what was not sent is missed later on
class JobTrackerIT extends WithServers {
    private static final Logger log = LoggerFactory.getLogger(JobTrackerIT.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private PromptIngestConfig config;
    private KafkaProducer<byte[], byte[]> producer;
    private Serializer<SpecificRecord> serializer;

    @BeforeEach
    void connect() {
        config = new PromptIngestConfig(servers.settings(prefix));
        Servers.createTopicsAndSchemas(config.stage());
        serializer = EventSerdes.serializer(config.stage().serde());
        producer = producer(config.stage());
    }

    @AfterEach
    void disconnect() {
        producer.close();
    }

    private void publish(String topic, String key, SpecificRecord value) {
        producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), serializer.serialize(topic, value)));
    }

    private void deadLetter(String topic, ImageRequest request, SpecificRecord value) {
        Headers headers = new RecordHeaders();
        DeadLetters.describe(
                headers,
                new DeadLetters.Reason(
                        "image-decoder", topic, 0, 0, ErrorCode.MODEL_MISMATCH, "Made for another model.", null));
        producer.send(new ProducerRecord<>(
                Topics.deadLetters(topic),
                null,
                request.getImageId().getBytes(UTF_8),
                serializer.serialize(topic, value),
                headers));
    }

    private static JobStatus awaitState(JobTracker tracker, String jobId, JobState state) {
        return await().atMost(TIMEOUT)
                .ignoreException(JobsUnavailableException.class)
                .until(() -> tracker.jobs().find(jobId).filter(job -> job.getState() == state), Optional::isPresent)
                .orElseThrow();
    }

    /** What a process says first that can say something. */
    private static Optional<JobStatus> firstAnswer(JobTracker tracker, String jobId) {
        List<Optional<JobStatus>> answers = new ArrayList<>();
        await().atMost(TIMEOUT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .ignoreException(JobsUnavailableException.class)
                .until(() -> answers.add(tracker.jobs().find(jobId)));
        return answers.get(0);
    }

    @Test
    void shouldTellTheSameFromEitherOfTwoProcessesAndAfterARestart() {
        // Given: an intake and two processes that track
        RunningStage intake = PromptIngest.start(config, new SimpleMeterRegistry());
        JobTracker first =
                JobTracker.start(config.stage(), config.jobRetention(), config.stateDir(), new SimpleMeterRegistry());
        JobTracker second =
                JobTracker.start(config.stage(), config.jobRetention(), config.stateDir(), new SimpleMeterRegistry());
        JobTracker third = null;
        try {
            // When: of a job of two images one is stored, and the other fails at the decoder; and a prompt is refused
            publish(
                    topics.prompts(),
                    "p",
                    PromptRequest.newBuilder()
                            .setText("a cat")
                            .setCount(2)
                            .setJobId("j")
                            .setLane(Lane.INTERACTIVE)
                            .build());
            publish(
                    topics.prompts(),
                    "bad",
                    PromptRequest.newBuilder()
                            .setText("a\0b")
                            .setLane(Lane.INTERACTIVE)
                            .build());
            awaitState(first, "j", JobState.PENDING);
            ImageRequest stored = request("j", "p", 0, 2);
            ImageRequest failed = request("j", "p", 1, 2);
            publish(topics.imageTokens(), "p/0", tokens(stored));
            publish(topics.images(), "p/0", image(stored));
            publish(topics.storedImages(), "p/0", stored(stored));
            publish(topics.imageTokens(), "p/1", tokens(failed));
            deadLetter(topics.imageTokens(), failed, tokens(failed));

            // Then
            JobStatus job = awaitState(first, "j", JobState.FAILED);
            assertThat(job.getStored()).isEqualTo(1);
            assertThat(job.getFailures())
                    .containsExactly(
                            new JobFailure("p/1", "model-mismatch", "image-decoder", "Made for another model."));
            assertThat(awaitState(second, "j", JobState.FAILED)).isEqualTo(job);
            JobStatus refused = awaitState(second, "bad", JobState.FAILED);
            assertThat(refused.getFailures()).extracting(JobFailure::getCode).containsExactly("invalid-text");
            assertThat(awaitState(first, "bad", JobState.FAILED)).isEqualTo(refused);

            // When both are replaced, and the dead letter is replayed
            first.stage().close();
            second.stage().close();
            assertThat(first.stage().health().state()).isEqualTo(State.STOPPED);
            long start = System.nanoTime();
            first = JobTracker.start(
                    config.stage(), config.jobRetention(), config.stateDir(), new SimpleMeterRegistry());
            assertThat(awaitState(first, "j", JobState.FAILED)).isEqualTo(job);
            log.info("the state was back {} ms after the start", (System.nanoTime() - start) / 1_000_000);
            publish(topics.images(), "p/1", image(failed));
            publish(topics.storedImages(), "p/1", stored(failed));

            // Then
            JobStatus completed = awaitState(first, "j", JobState.COMPLETED);
            assertThat(List.of(completed.getRequested(), completed.getStored(), completed.getFailed()))
                    .containsExactly(2, 2, 0);

            // When a third begins with nothing, then it does not say what it does not know yet
            third = JobTracker.start(
                    config.stage(), config.jobRetention(), config.stateDir(), new SimpleMeterRegistry());
            assertThat(firstAnswer(third, "j")).contains(completed);
        } finally {
            if (third != null) {
                third.stage().close();
            }
            first.stage().close();
            second.stage().close();
            intake.close();
        }
    }
}
