package org.dallemini.ingest.streams;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/**
 * How many bytes a batch of records may have in each topic ({@code max.message.bytes}). Kafka Streams cannot go on
 * where the broker refuses a record, so none must be sent that is larger. Read at each start of the application: where
 * a limit is lowered meanwhile, the refusal is followed by a start.
 */
public record TopicLimits(Map<String, Integer> mostBytes) {
    public TopicLimits {
        mostBytes = Map.copyOf(mostBytes);
    }

    /**
     * Asks the cluster.
     *
     * @throws TopicAuthorizationException if a topic's settings may not be looked at; names the topic
     * @throws ExecutionException any other answer
     */
    static TopicLimits read(Admin admin, List<String> topics) throws InterruptedException, ExecutionException {
        Map<ConfigResource, KafkaFuture<Config>> answers = admin.describeConfigs(
                        topics.stream().map(TopicLimits::resource).toList())
                .values();
        Map<String, Integer> mostBytes = new HashMap<>();
        for (String topic : topics) {
            try {
                Config settings = Objects.requireNonNull(answers.get(resource(topic)), topic)
                        .get();
                mostBytes.put(
                        topic,
                        Integer.valueOf(settings.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                                .value()));
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicAuthorizationException) {
                    throw new TopicAuthorizationException(
                            "Not authorized to look at the settings of the topic " + topic + ": grant DescribeConfigs",
                            Set.of(topic));
                }
                throw e;
            }
        }
        return new TopicLimits(mostBytes);
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    /**
     * The limit of a topic.
     *
     * @throws IllegalArgumentException if it is none of those that were asked for
     */
    public int of(String topic) {
        Integer limit = mostBytes.get(topic);
        if (limit == null) {
            throw new IllegalArgumentException("The limit of " + topic + " was not asked for");
        }
        return limit;
    }
}
