package org.dallemini.stage.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Durability;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.commands.CanceledJobs;
import org.dallemini.stage.config.StageConfig;

/**
 * All topics of the pipeline as they should be. {@link #apply} creates those that are missing and never changes one
 * that exists: it says what differs and leaves the decision to people.
 */
public final class TopicPlan {
    /** Pictures are well below this; the limit guards the broker. */
    private static final int IMAGE_BYTES = 10 << 20;

    /** Holds whatever the other topics hold, and the reason for the refusal beside it. */
    private static final int DEAD_LETTER_BYTES = 12 << 20;

    private static final Duration LEADERS = Duration.ofSeconds(30);

    private static final Duration PREVIEWS = Duration.ofMinutes(10);

    private final List<Planned> topics;

    private TopicPlan(List<Planned> topics) {
        this.topics = List.copyOf(topics);
    }

    /**
     * A topic as it should be.
     *
     * @param replication -1 for the broker's default
     * @param configs settings of the topic; all others are the broker's defaults
     */
    public record Planned(String name, int partitions, short replication, Map<String, String> configs) {}

    /** What was found, and done, about a topic. */
    public enum Status {
        CREATED,
        UNCHANGED,
        DIFFERS,
        MISSING
    }

    /** @param differences what is not as planned, for people; empty unless the status is DIFFERS */
    public record Result(String topic, Status status, List<String> differences) {}

    /** The plan for {@code topic.prefix} and the other settings that begin with {@code topic.}. */
    public static TopicPlan of(StageConfig config) {
        Topics names = config.topics();
        int partitions = config.getInt(StageConfig.TOPIC_PARTITIONS);
        short replication = config.getShort(StageConfig.TOPIC_REPLICATION);
        var settings = new LinkedHashMap<String, Map<String, String>>();
        var prompts = new HashMap<>(kept(Duration.ofDays(7)));
        // Strangers write here. A megabyte that is compressed can be gigabytes, which consumers would unpack in memory;
        // stored as it is, max.message.bytes holds for what they read.
        prompts.put(TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed");
        // Retention counts from a record's time, which a publisher with a wrong clock could set to 1970: its prompts
        // would be deleted before they are read. The broker's own clock it is.
        prompts.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        settings.put(names.prompts(), prompts);
        settings.put(names.imageRequests(), kept(Duration.ofDays(7)));
        // Long lists may wait for long; a request that expires unread is an image that never comes.
        settings.put(names.bulkImageRequests(), kept(Duration.ofDays(30)));
        // Half a kilobyte an image, from which it can be decoded again at will.
        settings.put(names.imageTokens(), Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1"));
        // For people who watch, minutes at most: what is older lies there for nobody.
        settings.put(
                names.imagePreviews(),
                Map.of(
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(PREVIEWS.toMillis()),
                        TopicConfig.SEGMENT_MS_CONFIG,
                        Long.toString(PREVIEWS.toMillis())));
        var images = new HashMap<>(kept(Duration.ofDays(3)));
        images.put(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");
        images.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(IMAGE_BYTES));
        settings.put(names.images(), images);
        settings.put(names.storedImages(), kept(Duration.ofDays(30)));
        settings.put(names.jobs(), Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
        // No dead letter that could be released is older.
        settings.put(
                names.moderation(),
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(CanceledJobs.RETENTION.toMillis())));
        settings.put(names.jobImages(), Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
        // For ever: tokens are kept as long, and an image could be drawn and stored again.
        settings.put(
                names.imageDeletions(), Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));

        var topics = new ArrayList<Planned>();
        settings.forEach((name, configs) -> topics.add(new Planned(name, partitions, replication, configs)));
        for (String input : names.inputs()) {
            var configs = new HashMap<>(kept(Duration.ofDays(30)));
            configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(DEAD_LETTER_BYTES));
            topics.add(new Planned(Topics.deadLetters(input), 1, replication, configs));
        }
        topics.add(new Planned(names.webhookDeadLetters(), 1, replication, kept(Duration.ofDays(30))));
        topics.add(new Planned(
                names.replayedDeadLetters(),
                1,
                replication,
                Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)));
        topics.add(new Planned(
                names.favourites(),
                1,
                replication,
                Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)));
        // Commands are few: one partition. No work is older than them when they go.
        topics.add(new Planned(
                names.jobCommands(),
                1,
                replication,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(CanceledJobs.RETENTION.toMillis()),
                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                        "LogAppendTime")));
        short minInsync = config.getShort(StageConfig.TOPIC_MIN_INSYNC_REPLICAS);
        return new TopicPlan(
                minInsync < 1
                        ? topics
                        : topics.stream()
                                .map(topic -> withMinInsync(topic, minInsync))
                                .toList());
    }

    private static Planned withMinInsync(Planned topic, short replicas) {
        var configs = new HashMap<>(topic.configs());
        configs.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Short.toString(replicas));
        return new Planned(topic.name(), topic.partitions(), topic.replication(), configs);
    }

    private static Map<String, String> kept(Duration howLong) {
        return Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(howLong.toMillis()));
    }

    /** In the order of the flow, dead letters last. */
    public List<Planned> topics() {
        return topics;
    }

    /**
     * Creates what is missing, and returns when it can be written to.
     *
     * @return each topic of the plan: CREATED, UNCHANGED or DIFFERS
     */
    public List<Result> apply(Admin admin) {
        Map<String, Result> found = check(admin).stream().collect(Collectors.toMap(Result::topic, result -> result));
        var missing = topics.stream()
                .filter(topic -> resultOf(topic, found).status() == Status.MISSING)
                .toList();
        var creating = admin.createTopics(
                        missing.stream().map(TopicPlan::newTopic).toList())
                .values();
        creating.forEach((name, done) -> {
            try {
                KafkaClients.get(done);
            } catch (TopicExistsException e) {
                return; // Somebody else did the same at this moment.
            }
            found.put(name, new Result(name, Status.CREATED, List.of()));
        });
        awaitLeaders(missing, admin);
        return topics.stream()
                .map(topic -> resultOf(topic, found))
                .map(TopicPlan::existing)
                .toList();
    }

    /**
     * A topic is there before anybody leads its partitions. Of a producer's first batches one could then be refused and
     * the next taken; the one that was refused would be out of order for ever. A busy broker may not even have heard of
     * the topic yet when the controller has made it.
     */
    private static void awaitLeaders(List<Planned> topics, Admin admin) {
        Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
        for (Planned topic : topics) {
            for (int i = 0; i < topic.partitions(); i++) {
                partitions.put(new TopicPartition(topic.name(), i), OffsetSpec.latest());
            }
        }
        var unused =
                whenKnown(() -> KafkaClients.get(admin.listOffsets(partitions).all()));
    }

    /** Asks until the broker that answers has heard of the topics, which exist. */
    private static <T> T whenKnown(Supplier<T> question) {
        var backoff = new Backoff();
        long until = System.nanoTime() + LEADERS.toNanos();
        while (true) {
            try {
                return question.get();
            } catch (UnknownTopicOrPartitionException e) {
                if (System.nanoTime() - until > 0) {
                    throw e;
                }
                pause(backoff);
            }
        }
    }

    private static void pause(Backoff backoff) {
        backoff.failed();
        try {
            backoff.await(() -> false);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /**
     * Where topics are kept less well than the guarantees assume, a line for each kind, for people.
     *
     * @param found of {@link #apply} or {@link #check}
     */
    public static List<String> shortfalls(List<Result> found, Admin admin, Durability durability) {
        List<String> existing = found.stream()
                .filter(result -> result.status() != Status.MISSING)
                .map(Result::topic)
                .toList();
        return whenKnown(() -> durability.shortfalls(admin, existing));
    }

    /**
     * Changes nothing.
     *
     * @return each topic of the plan: UNCHANGED, DIFFERS or MISSING
     */
    public List<Result> check(Admin admin) {
        var names = topics.stream().map(Planned::name).toList();
        var described = new HashMap<String, TopicDescription>();
        admin.describeTopics(names).topicNameValues().forEach((name, description) -> {
            try {
                described.put(name, KafkaClients.get(name, description));
            } catch (UnknownTopicOrPartitionException e) {
                // It is missing.
            }
        });
        Map<ConfigResource, KafkaFuture<Config>> configs = admin.describeConfigs(described.keySet().stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList())
                .values();
        var results = new ArrayList<Result>();
        for (Planned topic : topics) {
            TopicDescription description = described.get(topic.name());
            KafkaFuture<Config> config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()));
            if (description == null || config == null) {
                results.add(new Result(topic.name(), Status.MISSING, List.of()));
            } else {
                List<String> differences = differences(topic, description, KafkaClients.get(config));
                Status status = differences.isEmpty() ? Status.UNCHANGED : Status.DIFFERS;
                results.add(new Result(topic.name(), status, differences));
            }
        }
        return results;
    }

    private static List<String> differences(Planned topic, TopicDescription description, Config config) {
        var differences = new ArrayList<String>();
        int partitions = description.partitions().size();
        if (partitions != topic.partitions()) {
            differences.add("has " + partitions + " partitions, planned " + topic.partitions());
        }
        int replicas = description.partitions().get(0).replicas().size();
        if (topic.replication() > 0 && replicas != topic.replication()) {
            differences.add("has " + replicas + " replicas, planned " + topic.replication());
        }
        topic.configs().forEach((name, planned) -> {
            ConfigEntry entry = config.get(name);
            String actual = entry == null ? "nothing" : entry.value();
            if (!planned.equals(actual)) {
                differences.add(name + " is " + actual + ", planned " + planned);
            }
        });
        differences.sort(null);
        return differences;
    }

    private static NewTopic newTopic(Planned topic) {
        Optional<Short> replication = topic.replication() > 0 ? Optional.of(topic.replication()) : Optional.empty();
        return new NewTopic(topic.name(), Optional.of(topic.partitions()), replication).configs(topic.configs());
    }

    private static Result resultOf(Planned topic, Map<String, Result> found) {
        return found.getOrDefault(topic.name(), new Result(topic.name(), Status.MISSING, List.of()));
    }

    /** Created by somebody else while we looked: it exists, which is all that was wanted. */
    private static Result existing(Result result) {
        return result.status() == Status.MISSING ? new Result(result.topic(), Status.UNCHANGED, List.of()) : result;
    }
}
