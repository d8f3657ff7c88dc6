package org.dallemini.stack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dallemini.stage.config.StageConfig;

/** What a topic holds. */
public final class TopicRecords {
    private TopicRecords() {}

    /** All committed records of a topic that there are now. */
    public static List<ConsumerRecord<String, byte[]>> read(StageConfig config, String topic) {
        return read(config, topic, new ByteArrayDeserializer());
    }

    /** The same, with their values. */
    public static <T> List<ConsumerRecord<String, T>> read(StageConfig config, String topic, Deserializer<T> values) {
        List<ConsumerRecord<String, T>> found = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(config.consumer(), new StringDeserializer(), values)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(one -> new TopicPartition(topic, one.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
            }
        }
        return found;
    }
}
