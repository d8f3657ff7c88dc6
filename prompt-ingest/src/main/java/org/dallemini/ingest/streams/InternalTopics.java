package org.dallemini.ingest.streams;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.streams.StreamsConfig;
import org.dallemini.ingest.streams.GraphTopics.Part;
import org.dallemini.stage.config.StageConfig;

/** Makes an application's internal topics, with the settings that Kafka Streams gives them. */
record InternalTopics(StageConfig config, Admin admin, GraphTopics graph) {
    /** Kafka Streams': what was worked off is deleted by whole segments. */
    private static final int REPARTITION_SEGMENT_BYTES = 50 * 1024 * 1024;

    /**
     * @param names which of them
     * @param topics all topics of the graph
     */
    void make(Set<String> names, TopicSnapshot topics) throws InterruptedException, ExecutionException {
        List<NewTopic> missing = new ArrayList<>();
        for (Part part : graph.parts()) {
            part.repartitions().keySet().forEach(topic -> missing.add(newTopic(topic, part.partitions(topic, topics))));
            part.changelogs().forEach(topic -> missing.add(newTopic(topic, part.tasks(topics))));
        }
        missing.removeIf(topic -> !names.contains(topic.name()));
        for (var made : admin.createTopics(missing).values().entrySet()) {
            try {
                StreamsGroup.await(made.getValue(), TopicExistsException.class); // another process may be faster
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicAuthorizationException) {
                    throw new ExecutionException(new TopicAuthorizationException(
                            "Not authorized to make the topic " + made.getKey() + ": grant Create",
                            Set.of(made.getKey())));
                }
                throw e;
            }
        }
    }

    private NewTopic newTopic(String topic, int partitions) {
        short replication = config.getShort(StageConfig.TOPIC_REPLICATION);
        Map<String, String> settings = new HashMap<>(
                GraphTopics.isRepartition(topic)
                        ? Map.of(
                                TopicConfig.CLEANUP_POLICY_CONFIG,
                                TopicConfig.CLEANUP_POLICY_DELETE,
                                TopicConfig.RETENTION_MS_CONFIG,
                                "-1",
                                TopicConfig.SEGMENT_BYTES_CONFIG,
                                String.valueOf(REPARTITION_SEGMENT_BYTES))
                        : Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
        settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
        short minInsync = config.getShort(StageConfig.TOPIC_MIN_INSYNC_REPLICAS);
        if (minInsync > 0) {
            settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Short.toString(minInsync));
        }
        config.originalsWithPrefix("kafka." + StreamsConfig.TOPIC_PREFIX)
                .forEach((name, value) -> settings.put(name, value.toString()));
        return new NewTopic(
                        topic, Optional.of(partitions), replication > 0 ? Optional.of(replication) : Optional.empty())
                .configs(settings);
    }
}
