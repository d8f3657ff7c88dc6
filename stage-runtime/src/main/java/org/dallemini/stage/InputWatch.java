package org.dallemini.stage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.HealthDetails.Source;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the stage's topics every other second: whether they exist, and whether they are still those that they were.
 * For partitions that are new to the process it also tells where to begin. Never waits. Loop thread only.
 */
final class InputWatch {
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final Duration SHORT_INTERVAL = Duration.ofMillis(5);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);

    /** How long partitions are asked about that may have gone meanwhile, before all is asked anew. */
    private static final int ADMIN_TIMEOUT_MS = 3_000;

    private final Admin admin;
    private final String group;
    private final List<String> topics;
    private final HealthDetails healthDetails;
    private final Backoff failing = new Backoff();
    private @Nullable Requests pending;
    private boolean hasSeen;
    private long lookedNanos = System.nanoTime() - INTERVAL.toNanos();

    InputWatch(Admin admin, String group, StageDefinition<?, ?> definition, HealthDetails healthDetails) {
        this.admin = admin;
        this.group = group;
        this.healthDetails = healthDetails;
        var needed = new ArrayList<String>();
        for (StageInput input : definition.inputs()) {
            needed.add(input.topic());
            needed.add(Topics.deadLetters(input.topic()));
        }
        needed.add(definition.outputTopic());
        this.topics = List.copyOf(needed);
    }

    /**
     * What was found.
     *
     * @param ids of the topics that exist
     * @param starts of the partitions that were asked for and exist
     */
    record InputState(Map<String, Uuid> ids, Map<TopicPartition, Start> starts) {}

    /**
     * Where a partition can be read.
     *
     * @param committed the group's offset, maybe one of an older topic of the name; null if there is none
     * @param first the offset at which the log begins
     * @param end the offset of the record that comes next
     */
    record Start(@Nullable OffsetAndMetadata committed, long first, long end) {}

    /** Under way at one time. */
    private record Requests(
            DescribeTopicsResult topics,
            @Nullable ListConsumerGroupOffsetsResult committed,
            @Nullable ListOffsetsResult first,
            @Nullable ListOffsetsResult end,
            Set<TopicPartition> partitions) {
        boolean areDone(String group) {
            return topics.topicNameValues().values().stream().allMatch(KafkaFuture::isDone)
                    && (committed == null
                            || committed.partitionsToOffsetAndMetadata(group).isDone())
                    && partitions.stream().allMatch(p -> isDone(first, p) && isDone(end, p));
        }

        private static boolean isDone(@Nullable ListOffsetsResult offsets, TopicPartition partition) {
            return offsets == null || offsets.partitionResult(partition).isDone();
        }
    }

    /** What the stage needs: inputs, their dead letters, the output. */
    List<String> topics() {
        return topics;
    }

    /** Returns when all topics exist or the waiting is over; throws what waiting cannot help. */
    void await(Wakeup wakeup, BooleanSupplier isOver) {
        while (!isOver.getAsBoolean()) {
            Optional<InputState> state = look(Set.of());
            if (state.isPresent() && state.get().ids().keySet().containsAll(topics)) {
                return;
            }
            wakeup.await(LOOK_INTERVAL);
        }
    }

    /**
     * What has been found since the last call, if anything.
     *
     * @param unplaced partitions whose start is wanted, at once
     * @throws KafkaException what waiting cannot help
     */
    Optional<InputState> look(Set<TopicPartition> unplaced) {
        Requests current = pending;
        if (current == null) {
            Duration pause = unplaced.isEmpty() ? INTERVAL : LOOK_INTERVAL;
            if (System.nanoTime() - lookedNanos >= pause.toNanos() && failing.isOver()) {
                pending = ask(unplaced);
            }
            return Optional.empty();
        }
        if (!current.areDone(group)) {
            return Optional.empty();
        }
        pending = null;
        lookedNanos = System.nanoTime();
        try {
            InputState state = read(current);
            failing.succeeded();
            return Optional.of(state);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            Throwable why = e.getCause() == null ? e : e.getCause();
            if (why instanceof RuntimeException cause && Failures.isFatal(cause)) {
                throw cause;
            }
            failing.failed();
            if (!hasSeen || !unplaced.isEmpty()) {
                healthDetails.report(Source.TOPICS, Failures.describeKafkas(why));
            } // Otherwise work goes on meanwhile; whether Kafka answers is the KafkaPulse's affair.
            return Optional.empty();
        }
    }

    /** What is so at this moment; empty if the cluster does not say in time. */
    Optional<InputState> lookNow(Wakeup wakeup, Duration timeout) {
        pending = ask(Set.of());
        long until = System.nanoTime() + timeout.toNanos();
        Optional<InputState> state = look(Set.of());
        while (state.isEmpty() && pending != null && System.nanoTime() - until < 0) {
            wakeup.await(SHORT_INTERVAL);
            state = look(Set.of());
        }
        return state;
    }

    private Requests ask(Set<TopicPartition> unplaced) {
        DescribeTopicsResult described = admin.describeTopics(topics);
        if (unplaced.isEmpty()) {
            return new Requests(described, null, null, null, Set.of());
        }
        // Stable: a predecessor's transaction that is not decided yet is waited for.
        var offsets = admin.listConsumerGroupOffsets(
                Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(unplaced)),
                new ListConsumerGroupOffsetsOptions().requireStable(true).timeoutMs(ADMIN_TIMEOUT_MS));
        return new Requests(
                described,
                offsets,
                list(unplaced, OffsetSpec.earliest()),
                list(unplaced, OffsetSpec.latest()),
                Set.copyOf(unplaced));
    }

    private ListOffsetsResult list(Set<TopicPartition> partitions, OffsetSpec which) {
        return admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(p -> p, p -> which)),
                new ListOffsetsOptions().timeoutMs(ADMIN_TIMEOUT_MS));
    }

    private InputState read(Requests answered) throws InterruptedException, ExecutionException {
        var ids = new HashMap<String, Uuid>();
        var existing = new HashSet<TopicPartition>();
        var missing = new ArrayList<String>();
        for (String topic : topics) {
            TopicDescription description = description(topic, answered);
            if (description == null) {
                missing.add(topic);
            } else {
                ids.put(topic, description.topicId());
                description.partitions().forEach(p -> existing.add(new TopicPartition(topic, p.partition())));
            }
        }
        hasSeen = true;
        if (missing.isEmpty()) {
            healthDetails.clear(Source.TOPICS);
        } else {
            healthDetails.report(
                    Source.TOPICS,
                    (missing.size() == 1 ? "topic " : "topics ") + String.join(", ", missing)
                            + (missing.size() == 1 ? " does" : " do") + " not exist: run 'dallemini topics apply'");
        }
        return new InputState(ids, starts(answered, existing));
    }

    /** Null if there is no such topic. */
    private static @Nullable TopicDescription description(String topic, Requests answered)
            throws InterruptedException, ExecutionException {
        try {
            return Objects.requireNonNull(answered.topics.topicNameValues().get(topic))
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicAuthorizationException) {
                throw new TopicAuthorizationException(Set.of(topic)); // the answer does not name it
            }
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    /** Of those that exist; one that has just been made may not have a leader yet, and is asked for once more. */
    private Map<TopicPartition, Start> starts(Requests answered, Set<TopicPartition> existing)
            throws InterruptedException, ExecutionException {
        var starts = new HashMap<TopicPartition, Start>();
        if (answered.committed == null || answered.first == null || answered.end == null) {
            return starts;
        }
        Map<TopicPartition, OffsetAndMetadata> committed =
                answered.committed.partitionsToOffsetAndMetadata(group).get();
        for (TopicPartition partition : answered.partitions) {
            try {
                if (existing.contains(partition)) {
                    long first = answered.first.partitionResult(partition).get().offset();
                    long end = answered.end.partitionResult(partition).get().offset();
                    starts.put(partition, new Start(committed.get(partition), first, end));
                }
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return starts;
    }
}
