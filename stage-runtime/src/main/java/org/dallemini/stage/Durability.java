package org.dallemini.stage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the cluster keeps topics as the guarantees assume: three replicas, two of which must have a record before it
 * is acknowledged, and no leader that lacks some. Who sets {@code topic.replication} or
 * {@code topic.min.insync.replicas} to less has decided for less, and is told no more of it.
 */
public final class Durability {
    private static final Logger log = LoggerFactory.getLogger(Durability.class);
    private static final int REPLICAS = 3;
    private static final int IN_SYNC = 2;
    private static final int MAX_NAMES = 3;

    private final int replicas;
    private final int inSync;

    /** What these settings want, and the guarantees assume. */
    public Durability(StageConfig config) {
        short replication = config.getShort(StageConfig.TOPIC_REPLICATION);
        short minInsync = config.getShort(StageConfig.TOPIC_MIN_INSYNC_REPLICAS);
        replicas = replication > 0 ? Math.min(replication, REPLICAS) : REPLICAS;
        inSync = Math.min(IN_SYNC, minInsync > 0 ? minInsync : Math.max(1, replicas - 1));
    }

    /**
     * What is less, a line for each kind, for people; empty if nothing is.
     *
     * @param topics those that exist
     */
    public List<String> shortfalls(Admin admin, Collection<String> topics) {
        return KafkaClients.get(ask(admin, topics));
    }

    /** Logs what is less, once Kafka has answered. */
    public void tell(Admin admin, String stage, Collection<String> topics) {
        ask(admin, topics).whenComplete((shortfalls, failure) -> {
            if (failure == null) {
                shortfalls.forEach(text -> log.info("{}: {}", stage, text));
            } else {
                log.info("{} cannot see how its topics are replicated: {}", stage, Failures.describe(failure));
            }
        });
    }

    private KafkaFuture<List<String>> ask(Admin admin, Collection<String> topics) {
        if (replicas == 1) {
            return KafkaFuture.completedFuture(List.of()); // nothing can be less
        }
        KafkaFuture<Map<String, TopicDescription>> described =
                admin.describeTopics(topics).allTopicNames();
        KafkaFuture<Map<ConfigResource, Config>> configs = admin.describeConfigs(topics.stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList())
                .all();
        return KafkaFuture.allOf(described, configs)
                .thenApply(both -> shortfalls(KafkaClients.get(described), KafkaClients.get(configs)));
    }

    List<String> shortfalls(Map<String, TopicDescription> topics, Map<ConfigResource, Config> configs) {
        SortedMap<String, List<String>> found = new TreeMap<>();
        topics.forEach((name, topic) -> {
            int actual = topic.partitions().stream()
                    .mapToInt(partition -> partition.replicas().size())
                    .min()
                    .orElse(0);
            if (actual < replicas) {
                note(found, actual + " replica" + (actual == 1 ? "" : "s") + " instead of " + replicas, name);
            }
            if (actual == 1) {
                return; // what follows has no meaning for it
            }
            Config config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, name));
            String minInsync = value(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
            if (!minInsync.isEmpty() && Integer.parseInt(minInsync) < inSync) {
                note(found, "min.insync.replicas " + minInsync + " instead of " + inSync, name);
            }
            if (value(config, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG).equals("true")) {
                note(found, "unclean leader elections", name);
            }
        });
        var texts = new ArrayList<String>();
        found.forEach((what, names) -> texts.add("acknowledged records can be lost with a broker: " + what + " on "
                + names(names) + " (docs/guarantees.md#what-kafka-must-do)"));
        return texts;
    }

    private static void note(Map<String, List<String>> found, String what, String topic) {
        found.computeIfAbsent(what, w -> new ArrayList<>()).add(topic);
    }

    private static String names(List<String> names) {
        List<String> sorted = names.stream().sorted().toList();
        int more = sorted.size() - MAX_NAMES;
        return String.join(", ", sorted.subList(0, Math.min(sorted.size(), MAX_NAMES)))
                + (more > 0 ? " and " + more + " more" : "");
    }

    private static String value(@Nullable Config config, String name) {
        ConfigEntry entry = config == null ? null : config.get(name);
        return entry == null || entry.value() == null ? "" : entry.value();
    }
}
