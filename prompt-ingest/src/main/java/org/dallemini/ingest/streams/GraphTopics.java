package org.dallemini.ingest.streams;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.streams.TopologyDescription;

/**
 * The topics of a graph by what they are to it.
 *
 * @param parts its sub-topologies, each of which has as many tasks as the largest of its sources has partitions
 * @param global the sources of global stores
 */
record GraphTopics(List<Part> parts, Set<String> global) {
    private static final String REPARTITION = "-repartition", CHANGELOG = "-changelog";

    /**
     * One sub-topology.
     *
     * @param sources topics that are not its own
     * @param repartitions internal topics by which records are sorted anew, by their full names, and how many
     *     partitions each shall have
     * @param changelogs internal topics that hold its state, by their full names; each has as many partitions as the
     *     part has tasks, or Kafka Streams refuses to start
     */
    record Part(Set<String> sources, Map<String, Integer> repartitions, Set<String> changelogs) {
        /** How many tasks it has. */
        int tasks(TopicSnapshot topics) {
            return Stream.concat(
                            sources.stream().map(topics::partitions),
                            repartitions.keySet().stream().map(topic -> partitions(topic, topics)))
                    .max(Comparator.naturalOrder())
                    .orElse(0);
        }

        /** How many partitions one of its repartition topics has, or shall have if it is missing. */
        int partitions(String repartition, TopicSnapshot topics) {
            return topics.find(repartition)
                    .map(TopicSnapshot.Topic::partitions)
                    .orElseGet(() -> Objects.requireNonNull(repartitions.get(repartition)));
        }

        /** Changelogs that have not as many partitions as it has tasks. */
        Set<String> unequal(TopicSnapshot topics) {
            int tasks = tasks(topics);
            return changelogs.stream()
                    .filter(topic -> topics.find(topic).isPresent() && topics.partitions(topic) != tasks)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Whether Kafka Streams sorts records anew by a topic of this name, and deletes what it has worked off. */
    static boolean isRepartition(String topic) {
        return topic.endsWith(REPARTITION);
    }

    static GraphTopics of(StreamsGraph graph, String applicationId) {
        TopologyDescription topology = graph.topology().describe();
        return new GraphTopics(
                topology.subtopologies().stream()
                        .map(part -> part(part, graph.repartitions(), applicationId))
                        .toList(),
                topology.globalStores().stream()
                        .flatMap(store -> store.source().topicSet().stream())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static Part part(
            TopologyDescription.Subtopology part, Map<String, Integer> partitions, String applicationId) {
        Set<String> sources = new TreeSet<>(), changelogs = new TreeSet<>();
        Map<String, Integer> repartitions = new TreeMap<>();
        for (TopologyDescription.Node node : part.nodes()) {
            if (node instanceof TopologyDescription.Source source) {
                for (String topic : source.topicSet()) {
                    if (isRepartition(topic)) {
                        String name = applicationId + "-" + topic;
                        repartitions.put(name, Objects.requireNonNull(partitions.get(name), name));
                    } else {
                        sources.add(topic);
                    }
                }
            } else if (node instanceof TopologyDescription.Processor processor) {
                processor.stores().forEach(store -> changelogs.add(applicationId + "-" + store + CHANGELOG));
            }
        }
        return new Part(sources, repartitions, changelogs);
    }

    /** All topics that are the application's own, by their full names. */
    Set<String> internal() {
        return parts.stream()
                .flatMap(part -> Stream.concat(part.repartitions().keySet().stream(), part.changelogs().stream()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** All topics that are read and that others make. */
    Set<String> sources() {
        return Stream.concat(parts.stream().flatMap(part -> part.sources().stream()), global.stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
