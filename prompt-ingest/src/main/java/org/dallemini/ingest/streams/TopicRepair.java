package org.dallemini.ingest.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.ingest.streams.GraphTopics.Part;
import org.dallemini.ingest.streams.TopicSnapshot.Topic;
import org.dallemini.stage.Failures;
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

    private final Admin admin;
    private final String stage;
    private final boolean rebuilds;
    private final GraphTopics graph;
    private final InternalTopics internal;
    private final StreamsGroup group;
    private final TopicIds remembered;
    private final Path state;

    /** @param folder of the local state of this process's applications */
    TopicRepair(StreamsDefinition definition, Admin admin, GraphTopics graph, Path folder) {
        String id = definition.applicationId();
        this.admin = admin;
        this.stage = definition.name();
        this.rebuilds = definition.rebuilds();
        this.graph = graph;
        this.internal = new InternalTopics(definition.config(), admin, graph);
        this.group = new StreamsGroup(admin, id);
        this.remembered = new TopicIds(folder.resolve(id + ".topics"));
        this.state = folder.resolve(id);
    }

    /**
     * Does what there is to do.
     *
     * @param topics all topics of the graph
     * @param waited how long repairs have been tried
     * @return what has to happen before the application can start, for people; then look at the topics again
     * @throws ExecutionException the broker's answer
     */
    Optional<String> repair(TopicSnapshot topics, Duration waited) throws InterruptedException, ExecutionException {
        Map<String, Uuid> before = remembered.read();
        Set<String> remade = topics.topics().entrySet().stream()
                .filter(topic -> before.containsKey(topic.getKey())
                        && !topic.getValue().id().equals(before.get(topic.getKey())))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<TopicPartition> committed = group.committed();
        Set<String> lost = graph.internal().stream()
                .filter(topic -> remade.contains(topic)
                        || topics.find(topic).isEmpty() && (before.containsKey(topic) || !committed.isEmpty()))
                .collect(Collectors.toCollection(TreeSet::new));
        if (rebuilds) {
            lost.addAll(graph.global().stream().filter(remade::contains).toList());
            graph.parts().forEach(part -> lost.addAll(part.unequal(topics)));
            if (!lost.isEmpty()
                    && !(before.isEmpty() && committed.isEmpty())
                    && !(remade.containsAll(graph.internal()) && isInUse(waited))) {
                return rebuild(topics, lost);
            }
        }
        remade.retainAll(graph.sources());
        if (!remade.isEmpty() && !forget(remade, committed) && waited.compareTo(MAX_WAIT) < 0) {
            return Optional.of("other processes still read what the topics " + remade + " were before");
        }
        if (!remade.isEmpty()) {
            log.info("{} reads {} from the beginning: deleted and made again", stage, remade);
        }
        if (lost.stream().anyMatch(before::containsKey)) {
            log.warn("{} has lost what it remembered in {}: the topics were deleted", stage, lost);
            wipe();
        }
        for (Part part : graph.parts()) {
            Optional<String> change = level(part, topics);
            if (change.isPresent()) {
                return change;
            }
        }
        return Optional.empty();
    }

    /** Remembers what the application starts with. */
    void remember(TopicSnapshot topics) {
        remembered.write(topics);
    }

    /**
     * Makes the internal topics that are missing. Kafka Streams would make them too, at some later moment: what was
     * deleted between that and the first look at the topics would not be noticed, and the application wait for it.
     *
     * @param topics all topics of the graph
     * @return false if there was none to make
     * @throws ExecutionException the broker's answer
     */
    boolean makeMissing(TopicSnapshot topics) throws InterruptedException, ExecutionException {
        Set<String> missing = graph.internal();
        missing.removeIf(topic -> topics.find(topic).isPresent());
        internal.make(missing, topics);
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
            internal.make(again, known);
        } catch (ExecutionException e) {
            log.info("{} cannot make {} again: {}", stage, again, Failures.describe(e));
        }
    }

    /**
     * Takes this process's members out of the group. One that has failed for want of a topic keeps its place there for
     * a while, and with it an assignment that says so, which it would be given again.
     *
     * @param instance the process's name in the group
     */
    void leaveGroup(String instance) throws InterruptedException {
        try {
            group.remove(instance);
        } catch (ExecutionException e) {
            log.info("{} cannot leave its group before its session ends: {}", stage, Failures.describe(e));
        }
    }

    private Optional<String> level(Part part, TopicSnapshot topics) throws InterruptedException, ExecutionException {
        int tasks = part.tasks(topics);
        int most = part.changelogs().stream().mapToInt(topics::partitions).max().orElse(0);
        Set<String> small = part.unequal(topics);
        if (most > tasks) {
            // Nobody can take partitions away from a topic. A repartition topic keeps its number: keys would move.
            small = (part.sources().isEmpty() ? part.repartitions().keySet() : part.sources())
                    .stream()
                            .max(Comparator.comparingInt(topics::partitions))
                            .map(Set::of)
                            .orElseThrow();
        }
        for (String topic : small) {
            Optional<String> obstacle = raise(topic, Math.max(most, tasks));
            if (obstacle.isPresent()) {
                return obstacle;
            }
        }
        return small.isEmpty() ? Optional.empty() : Optional.of("partitions are being added to " + small);
    }

    private Optional<String> raise(String topic, int partitions) throws InterruptedException, ExecutionException {
        try {
            boolean isRaised = StreamsGroup.await(
                    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                            .all(),
                    InvalidPartitionsException.class); // another process was faster
            if (isRaised) {
                log.info("{} has given the topic {} {} partitions, to match the others", stage, topic, partitions);
            }
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return Optional.of("the topic " + topic + " must have " + partitions
                        + " partitions, which this process has no right to add: grant Alter on it, or add them");
            }
            throw e;
        }
    }

    /**
     * Deletes the offsets that were committed of topics that have been made again.
     *
     * @return false if other processes still read them
     */
    private boolean forget(Set<String> remade, Set<TopicPartition> committed)
            throws InterruptedException, ExecutionException {
        Set<TopicPartition> stale = committed.stream()
                .filter(partition -> remade.contains(partition.topic()))
                .collect(Collectors.toSet());
        return stale.isEmpty() || group.deleteOffsets(stale);
    }

    /**
     * Step by step, so that nothing starts on topics that are about to vanish; where it does, it waits for a minute for
     * one that nobody will make.
     */
    private Optional<String> rebuild(TopicSnapshot topics, Set<String> lost)
            throws InterruptedException, ExecutionException {
        if (!group.isEmpty()) {
            return Optional.of("other processes still work with what is left of " + lost);
        }
        Set<Uuid> left = graph.internal().stream()
                .flatMap(topic -> topics.find(topic).stream())
                .map(Topic::id)
                .collect(Collectors.toSet());
        if (!left.isEmpty()) {
            // By their ids: another process may just have made them again.
            StreamsGroup.await(
                    admin.deleteTopics(TopicCollection.ofTopicIds(left)).all(),
                    UnknownTopicIdException.class,
                    UnknownTopicOrPartitionException.class);
            return Optional.of(lost + " were deleted or changed; what belongs to them is deleted too");
        }
        log.warn("{} reads all of its topics again: {} were deleted or changed", stage, lost);
        group.delete();
        wipe();
        remembered.write(new TopicSnapshot(Map.of()));
        return Optional.of("everything is read again");
    }

    /** Whether other processes work with what there is, and not just for as long as they have not noticed a change. */
    private boolean isInUse(Duration waited) throws InterruptedException, ExecutionException {
        return waited.compareTo(MAX_WAIT) > 0 && !group.isEmpty();
    }

    private void wipe() {
        try {
            Utils.delete(state.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
