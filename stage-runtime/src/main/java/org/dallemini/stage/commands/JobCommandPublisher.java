package org.dallemini.stage.commands;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobCommand;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/** Tells the pipeline what somebody wants of a job. Connects when the first command is published. Thread-safe. */
public final class JobCommandPublisher implements AutoCloseable {
    /** How long somebody waits for an answer, once a connection has been tried for. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final String topic;
    private final Serializer<JobCommand> serializer;
    private final Map<String, Object> settings;
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean closed;

    /** @param config of the pipeline; nothing is asked of it yet */
    public JobCommandPublisher(StageConfig config) {
        this.topic = config.topics().jobCommands();
        this.serializer = EventSerdes.serializer(config.serde());
        this.settings = new HashMap<>(Map.of(
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) LONGEST.toMillis(),
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) LONGEST.toMillis()));
        settings.putAll(config.producer());
    }

    /**
     * Returns once the broker has it.
     *
     * @param jobId the job's; the prompt's id where the caller named none
     * @throws ConfigException if no producer can be made of the settings
     * @throws KafkaException if Kafka or the schema registry does not take it in time (half a minute)
     */
    public void publish(String jobId, JobAction action) {
        byte[] value = serializer.serialize(topic, new JobCommand(jobId, action, Instant.now()));
        try {
            producer()
                    .send(new ProducerRecord<>(topic, jobId.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        }
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) {
            throw new KafkaException("closed");
        }
        if (producer == null) {
            producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> last;
        synchronized (this) {
            closed = true;
            last = producer;
        }
        if (last != null) {
            last.close(FAREWELL);
        }
    }
}
