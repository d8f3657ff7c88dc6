package org.dallemini.ingest.api;

import org.apache.kafka.common.KafkaException;
import org.dallemini.events.JobAction;

/** Tells the pipeline what somebody wants of a job. */
@FunctionalInterface
public interface JobCommands {
    /**
     * Returns once the command is safe.
     *
     * @throws KafkaException if that could not be had in time
     */
    void publish(String jobId, JobAction action);
}
