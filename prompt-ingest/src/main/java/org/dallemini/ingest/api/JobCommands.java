package org.dallemini.ingest.api;

import org.apache.kafka.common.KafkaException;
import org.dallemini.events.JobAction;
import org.jspecify.annotations.Nullable;

/** Tells the pipeline what somebody wants of a job. */
@FunctionalInterface
public interface JobCommands {
    /**
     * Returns once the command is safe.
     *
     * @param by who wants it; null if that is not known
     * @throws KafkaException if that could not be had in time
     */
    void publish(String jobId, JobAction action, @Nullable String by);
}
