package org.dallemini.ingest.api;

import org.apache.kafka.common.KafkaException;
import org.dallemini.deadletters.DeadLetterException;
import org.dallemini.events.JobStatus;

/** Sends back what failed of jobs. */
@FunctionalInterface
interface JobRetries {
    /**
     * Sends the dead letters of a job back to where they failed, each once, however often it is asked for.
     *
     * @throws KafkaException if Kafka or the schema registry fails; what was sent until then is known
     * @throws DeadLetterException if another replay is at work
     */
    Retried retry(JobStatus job);

    /**
     * What became of the dead letters of a job.
     *
     * @param replayed sent back now
     * @param before sent back by an earlier replay
     * @param givenUp set aside too often to be tried again
     * @param impossible cannot be sent back: the letter lacks its record, or is none of the pipeline's
     * @param complete whether all letters were looked at in the time there was
     */
    record Retried(int replayed, int before, int givenUp, int impossible, boolean complete) {}
}
