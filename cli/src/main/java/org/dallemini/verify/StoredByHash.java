package org.dallemini.verify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.cluster.CommittedReader;
import org.dallemini.cluster.RecordValues;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;

/** Finds the events of stored images by the hashes of their files. */
public final class StoredByHash {
    private StoredByHash() {}

    /**
     * Reads {@code stored-images} from its beginning.
     *
     * @param hashes SHA-256, hexadecimal
     * @param phase told what is being done
     * @return the last event of each hash that was found
     */
    public static Map<String, StoredImage> find(
            StageConfig config, Admin admin, Set<String> hashes, Consumer<String> phase) {
        String topic = config.topics().storedImages();
        List<TopicPartition> partitions = ClusterTopics.requirePartitions(topic, admin);
        Map<String, StoredImage> found = new HashMap<>();
        try (CommittedReader reader = new CommittedReader(config);
                Deserializer<StoredImage> deserializer = EventSerdes.deserializer(StoredImage.class, config.serde())) {
            Map<TopicPartition, Long> begins = reader.beginnings(partitions);
            Map<TopicPartition, Long> ends = reader.ends(partitions);
            for (TopicPartition partition : partitions) {
                phase.accept("Reading " + partition);
                reader.read(
                        partition,
                        begins.getOrDefault(partition, 0L),
                        ends.getOrDefault(partition, 0L),
                        record -> add(record, deserializer, hashes, found));
            }
        }
        return found;
    }

    private static boolean add(
            ConsumerRecord<byte[], byte[]> record,
            Deserializer<StoredImage> deserializer,
            Set<String> hashes,
            Map<String, StoredImage> found) {
        RecordValues.decode(deserializer, record)
                .ifPresent(image -> files(image).filter(hashes::contains).forEach(hash -> found.put(hash, image)));
        return true;
    }

    /** The hashes of an image's files. */
    private static Stream<String> files(StoredImage image) {
        return Stream.concat(
                Stream.of(image.getSha256()),
                Stream.ofNullable(image.getRendition()).map(StoredRendition::getSha256));
    }
}
