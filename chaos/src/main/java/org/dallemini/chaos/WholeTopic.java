package org.dallemini.chaos;

import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** All partitions of a topic, from their beginning: what a reader without a group begins with. */
final class WholeTopic {
    private WholeTopic() {}

    /** Assigns them to a consumer, and returns them. */
    static List<TopicPartition> assign(Consumer<?, ?> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return partitions;
    }
}
