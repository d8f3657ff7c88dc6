package org.dallemini.ingest.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.StreamsConfig;
import org.dallemini.ingest.streams.GraphTopics.Part;
import org.dallemini.ingest.streams.TopicSnapshot.Topic;
import org.dallemini.stage.Failures;
import org.dallemini.stage.config.StageConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what belongs to an application, which are its internal topics, its group's offsets and its local state, into
 * line with topics that somebody has changed. Used before the application starts; Kafka Streams alone would refuse to
 * start, or skip records.
 *
 * <ul>
 *   <li>Changelogs get as many partitions as the sources have, and the other way round: none can have fewer again.
 *   <li>A source that was deleted and made again is read from its beginning: the broker forgets the offsets of deleted
 *       topics, but a process that ran meanwhile may have committed its old ones once more.
 *   <li>Where internal topics are missing, an application that can be rebuilt from its sources is: by one of its
 *       processes, once all have left; the others find all internal topics made anew, and work with them.
 * </ul>
 */
final class TopicRepair {
    private static final Logger log = LoggerFactory.getLogger(TopicRepair.class);

    /** Other processes notice a change within a few seconds. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(15);

    /** Kafka Streams': what was worked off is deleted by whole segments. */
    private static final int REPARTITION_SEGMENT_BYTES = 50 * 1024 * 1024;

    private final StreamsDefinition definition;
    private final Admin admin;
    private final GraphTopics graph;
    private final TopicIds remembered;
    private final Path state;

    /** @param state the folder of the application's local state */
    TopicRepair(StreamsDefinition definition, Admin admin, GraphTopics graph, TopicIds remembered, Path state) {
        this.definition = definition;
        this.admin = admin;
        this.graph = graph;
        this.remembered = remembered;
        this.state = state;
    }

    /**
     * Does what there is to do.
     *
     * @param snapshot of all topics of the graph
     * @param waited how long repairs have been tried
     * @return what has to happen before the application can start, for people; then look at the topics again
     * @throws ExecutionException the broker's answer
     */
    Optional<String> repair(TopicSnapshot snapshot, Duration waited) throws InterruptedException, ExecutionException {
        Map<String, Uuid> before = remembered.read();
        Set<String> remade = snapshot.topics().entrySet().stream()
                .filter(topic -> before.containsKey(topic.getKey())
                        && !topic.getValue().id().equals(before.get(topic.getKey())))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<TopicPartition> committed = committed();
        Set<String> lost = graph.internal().stream()
                .filter(topic -> remade.contains(topic)
                        || snapshot.find(topic).isEmpty() && (before.containsKey(topic) || !committed.isEmpty()))
                .collect(Collectors.toCollection(TreeSet::new));
        if (definition.rebuilds()) {
            lost.addAll(graph.global().stream().filter(remade::contains).toList());
            graph.parts().forEach(part -> lost.addAll(unequal(part, snapshot)));
            if (!lost.isEmpty()
                    && !(before.isEmpty() && committed.isEmpty())
                    && !(remade.containsAll(graph.internal()) && isInUse(waited))) {
                return rebuild(snapshot, lost);
            }
        }
        remade.retainAll(graph.sources());
        Optional<String> waiting = forget(remade, committed, waited);
        if (waiting.isPresent()) {
            return waiting;
        }
        if (lost.stream().anyMatch(before::containsKey)) {
            log.warn("{} has lost what it remembered in {}: the topics were deleted", name(), lost);
            wipe();
        }
        for (Part part : graph.parts()) {
            Optional<String> change = level(part, snapshot);
            if (change.isPresent()) {
                return change;
            }
        }
        return Optional.empty();
    }

    /** Remembers what the application starts with. */
    void remember(TopicSnapshot snapshot) {
        remembered.write(snapshot);
    }

    /**
     * Makes the internal topics that are missing. Kafka Streams would make them too, at some later moment: what was
     * deleted between that and the first look at the topics would not be noticed, and the application wait for it.
     *
     * @param snapshot of all topics of the graph
     * @return false if there was none to make
     * @throws ExecutionException the broker's answer
     */
    boolean makeMissing(TopicSnapshot snapshot) throws InterruptedException, ExecutionException {
        Set<String> missing = graph.internal();
        missing.removeIf(topic -> snapshot.find(topic).isPresent());
        make(missing, snapshot);
        return !missing.isEmpty();
    }

    /**
     * Makes internal topics again that were deleted under the running application, which could otherwise not stop: it
     * waits for minutes to write to them.
     *
     * @param known the topics as they were
     */
    void makeAgain(Set<String> deleted, TopicSnapshot known) throws InterruptedException {
        Set<String> again = graph.internal();
        again.retainAll(deleted);
        try {
            make(again, known);
        } catch (ExecutionException e) {
            log.info("{} cannot make {} again: {}", name(), again, Failures.describe(e));
        }
    }

    private void make(Set<String> internal, TopicSnapshot snapshot) throws InterruptedException, ExecutionException {
        List<NewTopic> topics = new ArrayList<>();
        for (Part part : graph.parts()) {
            part.repartitions()
                    .forEach((topic, partitions) ->
                            topics.add(newTopic(topic, partitions(topic, snapshot, partitions))));
            part.changelogs()
                    .forEach(topic -> topics.add(newTopic(topic, partitions(topic, snapshot, tasks(part, snapshot)))));
        }
        topics.removeIf(topic -> !internal.contains(topic.name()));
        for (var made : admin.createTopics(topics).values().entrySet()) {
            try {
                made.getValue().get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicAuthorizationException) {
                    throw new ExecutionException(new TopicAuthorizationException(
                            "Not authorized to make the topic " + made.getKey() + ": grant Create",
                            Set.of(made.getKey())));
                }
                if (!(e.getCause() instanceof TopicExistsException)) { // another process may be faster
                    throw e;
                }
            }
        }
    }

    /** As Kafka Streams makes them. */
    private NewTopic newTopic(String topic, int partitions) {
        short replication = definition.config().getShort(StageConfig.TOPIC_REPLICATION);
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
        definition
                .config()
                .originalsWithPrefix("kafka." + StreamsConfig.TOPIC_PREFIX)
                .forEach((name, value) -> settings.put(name, value.toString()));
        return new NewTopic(
                        topic, Optional.of(partitions), replication > 0 ? Optional.of(replication) : Optional.empty())
                .configs(settings);
    }

    private String name() {
        return definition.name();
    }

    /**
     * Takes this process's members out of the group. One that has failed for want of a topic keeps its place there for
     * a while, and with it an assignment that says so, which it would be given again.
     *
     * @param instance the process's name in the group
     */
    void leave(String instance) throws InterruptedException {
        String group = definition.applicationId();
        try {
            List<MemberToRemove> ours = describe(group).members().stream()
                    .flatMap(member -> member.groupInstanceId().stream())
                    .filter(name -> name.startsWith(instance + "-"))
                    .map(MemberToRemove::new)
                    .toList();
            if (!ours.isEmpty()) {
                admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions(ours))
                        .all()
                        .get();
            }
        } catch (ExecutionException e) {
            log.info("{} cannot leave its group before its session ends: {}", name(), Failures.describe(e));
        }
    }

    private ConsumerGroupDescription describe(String group) throws InterruptedException, ExecutionException {
        return Objects.requireNonNull(admin.describeConsumerGroups(Set.of(group))
                        .describedGroups()
                        .get(group))
                .get();
    }

    /** How many tasks a part has. */
    private static int tasks(Part part, TopicSnapshot snapshot) {
        return Stream.concat(
                        part.sources().stream().map(topic -> partitions(topic, snapshot)),
                        part.repartitions().entrySet().stream()
                                .map(topic -> partitions(topic.getKey(), snapshot, topic.getValue())))
                .max(Comparator.naturalOrder())
                .orElse(0);
    }

    private static int partitions(String topic, TopicSnapshot snapshot) {
        return partitions(topic, snapshot, 0);
    }

    /** @param otherwise if the topic is missing */
    private static int partitions(String topic, TopicSnapshot snapshot, int otherwise) {
        return snapshot.find(topic).map(Topic::partitions).orElse(otherwise);
    }

    /** Changelogs that have not as many partitions as the part has tasks. */
    private static Set<String> unequal(Part part, TopicSnapshot snapshot) {
        int tasks = tasks(part, snapshot);
        return part.changelogs().stream()
                .filter(topic -> snapshot.find(topic).isPresent() && partitions(topic, snapshot) != tasks)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Optional<String> level(Part part, TopicSnapshot snapshot) throws InterruptedException, ExecutionException {
        int tasks = tasks(part, snapshot);
        int most = part.changelogs().stream()
                .mapToInt(topic -> partitions(topic, snapshot))
                .max()
                .orElse(0);
        Set<String> small = unequal(part, snapshot);
        if (most > tasks) {
            // Nobody can take partitions away from a topic. A repartition topic keeps its number: keys would move.
            small = (part.sources().isEmpty() ? part.repartitions().keySet() : part.sources())
                    .stream()
                            .max(Comparator.comparingInt(topic -> partitions(topic, snapshot)))
                            .map(Set::of)
                            .orElseThrow();
        }
        for (String topic : small) {
            Optional<String> trouble = raise(topic, Math.max(most, tasks));
            if (trouble.isPresent()) {
                return trouble;
            }
        }
        return small.isEmpty() ? Optional.empty() : Optional.of("partitions are being added to " + small);
    }

    private Optional<String> raise(String topic, int partitions) throws InterruptedException, ExecutionException {
        try {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                    .all()
                    .get();
            log.info("{} has given the topic {} {} partitions, to match the others", name(), topic, partitions);
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return Optional.of("the topic " + topic + " must have " + partitions
                        + " partitions, which this process has no right to add: grant Alter on it, or add them");
            }
            if (e.getCause() instanceof InvalidPartitionsException) {
                return Optional.empty(); // another process was faster
            }
            throw e;
        }
    }

    /** Offsets of topics that are not what they were when the offsets were committed. */
    private Optional<String> forget(Set<String> remade, Set<TopicPartition> committed, Duration waited)
            throws InterruptedException, ExecutionException {
        Set<TopicPartition> stale = committed.stream()
                .filter(partition -> remade.contains(partition.topic()))
                .collect(Collectors.toSet());
        if (remade.isEmpty()) {
            return Optional.empty();
        }
        if (!stale.isEmpty() && !delete(stale) && waited.compareTo(MAX_WAIT) < 0) {
            return Optional.of("other processes still read what the topics " + remade + " were before");
        }
        log.info("{} reads {} from the beginning: deleted and made again", name(), remade);
        return Optional.empty();
    }

    /** @return false if the group has members; one that has done the same and reads again is none to wait for */
    private boolean delete(Set<TopicPartition> offsets) throws InterruptedException, ExecutionException {
        try {
            admin.deleteConsumerGroupOffsets(definition.applicationId(), offsets)
                    .all()
                    .get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupSubscribedToTopicException
                    || e.getCause() instanceof GroupNotEmptyException) {
                return false;
            }
            if (e.getCause() instanceof GroupIdNotFoundException
                    || e.getCause() instanceof UnknownTopicOrPartitionException) {
                return true;
            }
            throw e;
        }
    }

    /**
     * Step by step, so that nothing starts on topics that are about to vanish; where it does, it waits for a minute for
     * one that nobody will make.
     */
    private Optional<String> rebuild(TopicSnapshot snapshot, Set<String> lost)
            throws InterruptedException, ExecutionException {
        if (!isGroupEmpty()) {
            return Optional.of("other processes still work with what is left of " + lost);
        }
        Set<Uuid> left = graph.internal().stream()
                .flatMap(topic -> snapshot.find(topic).stream())
                .map(Topic::id)
                .collect(Collectors.toSet());
        if (!left.isEmpty()) {
            // By their ids: another process may just have made them again.
            orAlreadyGone(admin.deleteTopics(TopicCollection.ofTopicIds(left)).all());
            return Optional.of(lost + " were deleted or changed; what belongs to them is deleted too");
        }
        log.warn("{} reads all of its topics again: {} were deleted or changed", name(), lost);
        orAlreadyGone(
                admin.deleteConsumerGroups(Set.of(definition.applicationId())).all());
        wipe();
        remembered.write(new TopicSnapshot(Map.of()));
        return Optional.of("everything is read again");
    }

    /** Whether other processes work with what there is, and not just for as long as they have not noticed a change. */
    private boolean isInUse(Duration waited) throws InterruptedException, ExecutionException {
        return waited.compareTo(MAX_WAIT) > 0 && !isGroupEmpty();
    }

    private static void orAlreadyGone(KafkaFuture<Void> deletion) throws InterruptedException, ExecutionException {
        try {
            deletion.get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicIdException
                    || e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
    }

    private boolean isGroupEmpty() throws InterruptedException, ExecutionException {
        String group = definition.applicationId();
        try {
            GroupState state = describe(group).groupState();
            return state == GroupState.EMPTY || state == GroupState.DEAD;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return true;
            }
            throw e;
        }
    }

    private Set<TopicPartition> committed() throws InterruptedException, ExecutionException {
        return admin.listConsumerGroupOffsets(definition.applicationId())
                .partitionsToOffsetAndMetadata()
                .get()
                .keySet();
    }

    private void wipe() {
        try {
            Utils.delete(state.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
