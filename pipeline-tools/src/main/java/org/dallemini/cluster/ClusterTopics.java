package org.dallemini.cluster;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.dallemini.stage.KafkaClients;
import org.jspecify.annotations.Nullable;

/** Questions about topics. */
public final class ClusterTopics {
    private ClusterTopics() {}

    /** Null if there is no such topic. */
    public static @Nullable TopicDescription describe(String topic, Admin admin) {
        try {
            return KafkaClients.get(topic, admin.describeTopics(List.of(topic)).allTopicNames())
                    .get(topic);
        } catch (UnknownTopicOrPartitionException e) {
            return null;
        }
    }

    /** The partitions of a topic; none if there is no such topic. */
    public static List<TopicPartition> partitions(String topic, Admin admin) {
        TopicDescription description = describe(topic, admin);
        return description == null
                ? List.of()
                : description.partitions().stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
    }

    /** @throws ConfigException if the topic is missing */
    public static List<TopicPartition> requirePartitions(String topic, Admin admin) {
        List<TopicPartition> partitions = partitions(topic, admin);
        if (partitions.isEmpty()) {
            throw new ConfigException("There is no topic " + topic
                    + ": run 'dallemini topics apply', or name the right brokers and topic.prefix");
        }
        return partitions;
    }

    /** Where Kafka's clients put a key, unless they are told to do it in another way. */
    public static TopicPartition partitionOf(String key, List<TopicPartition> partitions) {
        return partitions.get(
                BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), partitions.size()));
    }
}
