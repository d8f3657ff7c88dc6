package org.dallemini.ingest.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.jobs.JobHeaders;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Failures;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.LazyProducer;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.moderation.Release;
import org.dallemini.stage.moderation.Releases;
import org.dallemini.stage.tracing.TraceSpan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes prompts to the topic {@code prompts}, as any other system may. Without a transaction: what is left of a
 * submission that failed half-way is completed by submitting it again, since the intake drops what it knows.
 * Thread-safe.
 */
public final class KafkaJobPublisher implements JobPublisher {
    private static final Logger log = LoggerFactory.getLogger(KafkaJobPublisher.class);

    /** How long a caller waits for an answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final String topic;
    private final Serializer<PromptRequest> serializer;
    private final Releases releases;
    private final LazyProducer producer;

    /**
     * Waits for no broker: as long as none has a name that can be resolved, it publishes nothing.
     *
     * @throws ConfigException if no producer can be made: a trust store that cannot be read, for example
     */
    public KafkaJobPublisher(StageConfig config) {
        this.topic = config.topics().prompts();
        this.serializer = EventSerdes.serializer(config.serde());
        this.releases = Releases.of(config);
        Map<String, Object> settings = new HashMap<>(Map.of(
                ProducerConfig.CLIENT_ID_CONFIG,
                config.getString(StageConfig.TOPIC_PREFIX) + "api",
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                TIMEOUT.toMillis() / 2,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) TIMEOUT.toMillis() / 2,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) TIMEOUT.toMillis()));
        settings.putAll(config.producer());
        this.producer = new LazyProducer(settings);
        try {
            KafkaClients.make(producer::get);
        } catch (ConfigException e) {
            throw e;
        } catch (KafkaException e) {
            log.warn("Jobs cannot be published yet: {}", Failures.describe(e));
        }
    }

    @Override
    public void publish(Submission submission) throws RefusedRequestException {
        Headers headers = new RecordHeaders()
                .add(
                        JobHeaders.PROMPTS,
                        bytes(Integer.toString(submission.prompts().size())))
                .add(JobHeaders.CONTENT, bytes(submission.content()));
        TraceSpan.current().write(headers);
        if (submission.webhook() != null) {
            submission.webhook().write(headers);
        }
        long end = System.nanoTime() + TIMEOUT.toNanos();
        List<Future<?>> sent = new ArrayList<>();
        try {
            Producer<byte[], byte[]> open = producer.get();
            for (PromptRequest prompt : submission.prompts()) {
                String id = String.valueOf(prompt.getId());
                byte[] value = serializer.serialize(topic, prompt);
                ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>(topic, null, bytes(id), value, new RecordHeaders(headers));
                Release release = submission.releases().get(id);
                if (release != null) {
                    releases.sign(record, release);
                }
                sent.add(open.send(record));
                if (System.nanoTime() > end) {
                    throw new TimeoutException("the broker takes too long");
                }
            }
            for (int i = 0; i < sent.size(); i++) {
                awaitAcknowledgement(sent.get(i), end, i);
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            log.warn("Job {} was not published: {}", submission.jobId(), Failures.describe(cause));
            throw unavailable(submission.jobId());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(submission.jobId());
        }
    }

    /** @param index of the prompt in the submission */
    static void awaitAcknowledgement(Future<?> sent, long endNanos, int index)
            throws RefusedRequestException, ExecutionException, TimeoutException, InterruptedException {
        try {
            sent.get(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof RecordTooLargeException)) {
                throw e;
            }
            throw new RefusedRequestException(Problem.at(
                    413,
                    "/prompts/" + index,
                    "prompt-too-large",
                    "The prompt does not fit into a record (" + e.getCause().getMessage()
                            + "): make its prefix, texts or labels smaller; to send it again as it is cannot help."));
        }
    }

    private static RefusedRequestException unavailable(String jobId) {
        return new RefusedRequestException(Problem.of(
                503,
                "not-available",
                "Kafka or the schema registry does not take the job at present: send it again later with the id "
                        + jobId + "; what has got there already is not drawn twice."));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close();
    }
}
