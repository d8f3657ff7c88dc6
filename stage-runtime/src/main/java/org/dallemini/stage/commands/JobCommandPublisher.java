package org.dallemini.stage.commands;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobCommand;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.LazyProducer;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/** Tells the pipeline what somebody wants of a job. Connects when the first command is published. Thread-safe. */
public final class JobCommandPublisher implements AutoCloseable {
    /** How long somebody waits for an answer, once a connection has been tried for. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);

    private final String topic;
    private final Serializer<JobCommand> serializer;
    private final LazyProducer producer;

    /** @param config of the pipeline; nothing is asked of it yet */
    public JobCommandPublisher(StageConfig config) {
        this.topic = config.topics().jobCommands();
        this.serializer = EventSerdes.serializer(config.serde());
        Map<String, Object> settings = new HashMap<>(Map.of(
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) MAX_WAIT.toMillis(),
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) MAX_WAIT.toMillis()));
        settings.putAll(config.producer());
        this.producer = new LazyProducer(settings);
    }

    /**
     * Returns once the broker has it.
     *
     * @param jobId the job's; the prompt's id where the caller named none
     * @throws ConfigException if no producer can be made of the settings
     * @throws KafkaException if Kafka or the schema registry does not take it in time (half a minute)
     */
    public void publish(String jobId, JobAction action) {
        publish(jobId, action, null);
    }

    /**
     * The same.
     *
     * @param by who asked; null if that is not known
     */
    public void publish(String jobId, JobAction action, @Nullable String by) {
        byte[] value = serializer.serialize(topic, new JobCommand(jobId, action, Instant.now(), by));
        KafkaClients.get(
                producer.get().send(new ProducerRecord<>(topic, jobId.getBytes(StandardCharsets.UTF_8), value)));
    }

    @Override
    public void close() {
        producer.close();
    }
}
