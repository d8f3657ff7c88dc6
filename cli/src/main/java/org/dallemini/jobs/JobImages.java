package org.dallemini.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.cluster.CommittedReader;
import org.dallemini.cluster.RecordValues;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;

/** The stored images of a job, from the topic {@code stored-images} as it is now. */
final class JobImages {
    /** Clocks of broker and stages may differ by that much. */
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);

    private JobImages() {}

    /** When the first record of a job may have been written. */
    static Instant begin(JobStatus job) {
        return job.getSubmittedAt().minus(CLOCK_SKEW);
    }

    /** An image that was stored twice comes twice. */
    static void read(StageConfig config, Admin admin, JobStatus job, BiConsumer<StoredImage, Headers> taker) {
        List<TopicPartition> partitions =
                ClusterTopics.requirePartitions(config.topics().storedImages(), admin);
        try (var reader = new CommittedReader(config);
                Deserializer<StoredImage> deserializer = EventSerdes.deserializer(StoredImage.class, config.serde())) {
            Map<TopicPartition, Long> begins = reader.since(begin(job), partitions);
            Map<TopicPartition, Long> ends = reader.ends(partitions);
            for (TopicPartition partition : partitions) {
                long begin = begins.getOrDefault(partition, 0L);
                reader.read(partition, begin, ends.getOrDefault(partition, 0L), record -> {
                    RecordValues.decode(deserializer, record)
                            .filter(image -> image.getRequest().getJobId().equals(job.getJobId()))
                            .ifPresent(image -> taker.accept(image, record.headers()));
                    return true;
                });
            }
        }
    }
}
