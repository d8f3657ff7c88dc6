package org.dallemini.ingest.streams;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** What a Kafka Streams application must know of the topics that there are, as they were at one moment. */
public record TopicSnapshot(Map<String, Topic> topics) {
    public TopicSnapshot {
        topics = Map.copyOf(topics);
    }

    /**
     * One topic.
     *
     * @param id another one where the topic was deleted and made again under its name
     * @param maxBytes how many bytes a batch of records may have ({@code max.message.bytes}); Kafka Streams cannot go
     *     on where the broker refuses a record, so none must be sent that is larger
     */
    public record Topic(Uuid id, int partitions, int maxBytes) {}

    /**
     * Asks the cluster. Topics that do not exist are left out; one that may not be looked at ends the answer with a
     * {@link TopicAuthorizationException} that names it.
     */
    static CompletableFuture<TopicSnapshot> ask(Admin admin, Collection<String> names) {
        return all(admin.describeTopics(names).topicNameValues(), Function.identity(), "Describe")
                .thenCompose(found -> all(
                                admin.describeConfigs(found.keySet().stream()
                                                .map(TopicSnapshot::resource)
                                                .toList())
                                        .values(),
                                ConfigResource::name,
                                "DescribeConfigs")
                        .thenApply(settings -> of(found, settings)));
    }

    private static TopicSnapshot of(Map<String, TopicDescription> found, Map<String, Config> settings) {
        Map<String, Topic> topics = new HashMap<>();
        settings.forEach((name, config) -> {
            TopicDescription topic = found.get(name);
            if (topic != null) {
                int maxBytes = Integer.parseInt(
                        config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
                topics.put(name, new Topic(topic.topicId(), topic.partitions().size(), maxBytes));
            }
        });
        return new TopicSnapshot(topics);
    }

    /** The answers by the topics' names, without those that do not exist. */
    private static <K, V> CompletableFuture<Map<String, V>> all(
            Map<K, KafkaFuture<V>> answers, Function<K, String> name, String right) {
        Map<String, CompletableFuture<@Nullable V>> found = answers.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> name.apply(entry.getKey()),
                        entry -> orMissing(entry.getValue().toCompletionStage(), name.apply(entry.getKey()), right)));
        return CompletableFuture.allOf(found.values().toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    Map<String, V> present = new HashMap<>();
                    found.forEach((topic, answer) -> {
                        V value = answer.join();
                        if (value != null) {
                            present.put(topic, value);
                        }
                    });
                    return present;
                });
    }

    private static <V> CompletableFuture<@Nullable V> orMissing(CompletionStage<V> answer, String topic, String right) {
        return answer.<@Nullable V>handle((value, failure) -> {
                    Throwable cause =
                            failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
                    if (cause == null) {
                        return value;
                    }
                    if (cause instanceof UnknownTopicOrPartitionException) {
                        return null;
                    }
                    if (cause instanceof TopicAuthorizationException) {
                        throw new TopicAuthorizationException(
                                "Not authorized to look at the topic " + topic + ": grant " + right, Set.of(topic));
                    }
                    throw new CompletionException(cause);
                })
                .toCompletableFuture();
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    /** A topic, if it exists. */
    public Optional<Topic> find(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    /** How many partitions a topic has; 0 if it is missing. */
    int partitions(String name) {
        return find(name).map(Topic::partitions).orElse(0);
    }

    /**
     * A topic that is known to exist.
     *
     * @throws IllegalArgumentException if it does not, or was not asked for
     */
    public Topic of(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("There is no topic " + name));
    }
}
