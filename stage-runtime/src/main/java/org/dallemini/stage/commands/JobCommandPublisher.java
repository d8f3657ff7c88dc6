package org.dallemini.stage.commands;

import java.time.Instant;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobCommand;
import org.dallemini.stage.EventPublisher;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/** Tells the pipeline what somebody wants of a job. Connects when the first command is published. Thread-safe. */
public final class JobCommandPublisher implements AutoCloseable {
    private final EventPublisher<JobCommand> publisher;

    /** @param config of the pipeline; nothing is asked of it yet */
    public JobCommandPublisher(StageConfig config) {
        this.publisher = new EventPublisher<>(config, config.topics().jobCommands());
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
        KafkaClients.get(publisher.send(jobId, new JobCommand(jobId, action, Instant.now(), by)));
    }

    @Override
    public void close() {
        publisher.close();
    }
}
