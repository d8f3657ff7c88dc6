package org.dallemini.chaos;

import java.time.Duration;
import java.util.HashSet;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;

/** What the topic {@code jobs} tells, which comes a moment after the images themselves. */
final class CompletedJobs {
    private static final Duration POLL = Duration.ofMillis(100);

    private CompletedJobs() {}

    /** Waits until so many jobs are completed, but no longer than that; a ledger then tells which are not. */
    static void await(StageConfig config, int count, Duration longest) {
        var completed = new HashSet<String>();
        Deserializer<JobStatus> values = EventSerdes.deserializer(JobStatus.class, config.serde());
        try (var consumer = new KafkaConsumer<>(config.consumer(), new StringDeserializer(), values)) {
            WholeTopic.assign(consumer, config.topics().jobs());
            long deadline = System.nanoTime() + longest.toNanos();
            while (completed.size() < count && System.nanoTime() - deadline < 0) {
                consumer.poll(POLL).forEach(record -> {
                    JobStatus job = record.value();
                    if (job != null && job.getState() == JobState.COMPLETED) {
                        completed.add(record.key());
                    }
                });
            }
        }
    }
}
