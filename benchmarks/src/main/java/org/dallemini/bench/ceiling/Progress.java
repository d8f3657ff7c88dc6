package org.dallemini.bench.ceiling;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.dallemini.stage.KafkaClients;

/** Asks the broker how far things are. */
record Progress(Admin admin) {
    /** The committed offsets of a group, together. */
    long committed(String group) {
        return KafkaClients.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).values().stream()
                .filter(Objects::nonNull)
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    /** The offsets at which the partitions of a topic end, together. */
    long end(String topic, int partitions) {
        Map<TopicPartition, OffsetSpec> all = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(i -> new TopicPartition(topic, i), i -> OffsetSpec.latest()));
        return KafkaClients.get(admin.listOffsets(all).all()).values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    /** The bytes of the logs, by topic, Kafka's own among them. */
    Map<String, Long> bytes() {
        List<Integer> brokers = KafkaClients.get(admin.describeCluster().nodes()).stream()
                .map(node -> node.id())
                .toList();
        Map<String, Long> bytes = new TreeMap<>();
        KafkaClients.get(admin.describeLogDirs(brokers).allDescriptions()).values().stream()
                .map(Map::values)
                .flatMap(Collection::stream)
                .forEach(folder -> folder.replicaInfos()
                        .forEach((partition, replica) -> bytes.merge(partition.topic(), replica.size(), Long::sum)));
        return bytes;
    }

    /** What has been added. */
    static Map<String, Long> growth(Map<String, Long> before, Map<String, Long> after) {
        Map<String, Long> growth = new HashMap<>();
        after.forEach((topic, bytes) -> {
            long more = bytes - before.getOrDefault(topic, 0L);
            if (more > 0) {
                growth.put(topic, more);
            }
        });
        return growth;
    }
}
