package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.dallemini.stage.config.StageConfig;
import org.junit.jupiter.api.Test;

class DurabilityTest {
    private static final Node NODE = new Node(1, "broker", 9092);

    private final Map<String, TopicDescription> topics = new HashMap<>();
    private final Map<ConfigResource, Config> configs = new HashMap<>();

    @Test
    void shouldSayNothingOfTopicsThatAreAsTheGuaranteesAssume() {
        topic("images", 3, "2", "false");
        assertThat(shortfalls(Map.of())).isEmpty();
    }

    @Test
    void shouldSayInOneLineWhichTopicsHaveTooFewReplicas() {
        for (String name : List.of("d", "b", "c", "a", "e")) {
            topic(name, 1, "1", "true");
        }
        assertThat(shortfalls(Map.of()))
                .singleElement()
                .asString()
                .contains("1 replica instead of 3 on a, b, c and 2 more", "docs/guarantees.md#what-kafka-must-do");
    }

    @Test
    void shouldSayWhatElseCanLoseAcknowledgedRecords() {
        topic("images", 3, "1", "true");
        assertThat(shortfalls(Map.of()))
                .satisfiesExactly(
                        first -> assertThat(first).contains("min.insync.replicas 1 instead of 2 on images"),
                        second -> assertThat(second).contains("unclean leader elections on images"));
    }

    @Test
    void shouldSayNothingToWhoHasDecidedForLess() {
        topic("images", 1, "1", "false");
        assertThat(shortfalls(Map.of("topic.replication", "1"))).isEmpty();
        assertThat(shortfalls(Map.of("topic.replication", "2"))).hasSize(1);

        topic("images", 2, "1", "false");
        assertThat(shortfalls(Map.of("topic.replication", "2"))).isEmpty();

        topic("images", 3, "1", "false");
        assertThat(shortfalls(Map.of("topic.min.insync.replicas", "1"))).isEmpty();
    }

    private List<String> shortfalls(Map<String, String> settings) {
        return new Durability(new StageConfig(StageConfig.definition(), settings)).shortfalls(topics, configs);
    }

    private void topic(String name, int replicas, String minInsync, String unclean) {
        List<Node> nodes = Collections.nCopies(replicas, NODE);
        topics.put(name, new TopicDescription(name, false, List.of(new TopicPartitionInfo(0, NODE, nodes, nodes))));
        configs.put(
                new ConfigResource(ConfigResource.Type.TOPIC, name),
                new Config(List.of(
                        new ConfigEntry("min.insync.replicas", minInsync),
                        new ConfigEntry("unclean.leader.election.enable", unclean))));
    }
}
