package org.dallemini.jobs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.cluster.CommittedReader;
import org.dallemini.cluster.RecordValues;
import org.dallemini.events.StoredImage;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;

/** The images of all jobs that are known, from the compacted topic {@code job-images} as it is now. */
public final class FiledImages {
    private FiledImages() {}

    /** @param filter by job id and image id; the others are not even decoded */
    public static List<StoredImage> read(StageConfig config, Admin admin, BiPredicate<String, String> filter) {
        List<StoredImage> found = new ArrayList<>();
        try (var reader = new CommittedReader(config);
                Deserializer<StoredImage> deserializer = EventSerdes.deserializer(StoredImage.class, config.serde())) {
            reader.readLast(ClusterTopics.requirePartitions(config.topics().jobImages(), admin), record -> {
                if (fits(record, filter)) {
                    RecordValues.decode(deserializer, record).ifPresent(found::add);
                }
            });
        }
        return found;
    }

    private static boolean fits(ConsumerRecord<byte[], byte[]> record, BiPredicate<String, String> filter) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        int slash = key.indexOf('/'); // no id of a job holds one
        return slash > 0 && filter.test(key.substring(0, slash), key.substring(slash + 1));
    }
}
