package org.dallemini.bench.common;

import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.dallemini.stage.config.StageConfig;

/** What comes to topics from now on. */
public final class NewRecords {
    private NewRecords() {}

    /** A consumer at the end of all partitions, without a group. */
    public static KafkaConsumer<byte[], byte[]> of(StageConfig config, Collection<String> topics) {
        var consumer = new KafkaConsumer<>(config.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // before anything is published
        return consumer;
    }
}
