package org.dallemini.deadletters;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/** The dead letters of a pipeline, as far as they were committed when the log was opened. Not thread-safe. */
public final class DeadLetterLog implements AutoCloseable {
    private final CommittedReader reader;
    private final List<Section> sections;

    private DeadLetterLog(CommittedReader reader, List<Section> sections) {
        this.reader = reader;
        this.sections = List.copyOf(sections);
    }

    /**
     * Looks how far the topics reach. Topics that the cluster lacks have no letters.
     *
     * @throws org.apache.kafka.common.errors.TimeoutException if Kafka does not answer
     */
    public static DeadLetterLog open(StageConfig config, Admin admin) {
        CommittedReader reader = new CommittedReader(config);
        try {
            var sections = new ArrayList<Section>();
            for (String input : config.topics().inputs()) {
                sections.addAll(sections(Topics.deadLetters(input), admin, reader));
            }
            return new DeadLetterLog(reader, sections);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private static List<Section> sections(String topic, Admin admin, CommittedReader reader) {
        TopicDescription description = describe(topic, admin);
        if (description == null) {
            return List.of();
        }
        List<TopicPartition> partitions = description.partitions().stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        var begins = reader.beginnings(partitions);
        var ends = reader.ends(partitions);
        return partitions.stream()
                .map(partition -> new Section(
                        partition,
                        description.topicId(),
                        begins.getOrDefault(partition, 0L),
                        ends.getOrDefault(partition, 0L)))
                .toList();
    }

    /** Null if there is no such topic. */
    static @Nullable TopicDescription describe(String topic, Admin admin) {
        try {
            return get(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
        } catch (UnknownTopicOrPartitionException e) {
            return null;
        }
    }

    /** @throws KafkaException the broker's answer */
    static <T> @Nullable T get(@Nullable KafkaFuture<T> answer) {
        try {
            return answer == null ? null : answer.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
        }
    }

    /**
     * The topics of dead letters that are meant by names as people say them: with or without {@code topic.prefix} and
     * {@code .dlq}.
     *
     * @param names none for all
     * @throws ConfigException if a name is none of the pipeline's
     */
    public static List<String> topics(Topics topics, Collection<String> names) {
        List<String> all = topics.inputs().stream().map(Topics::deadLetters).toList();
        var meant = new ArrayList<String>();
        for (String name : names) {
            String full = name.endsWith(Topics.deadLetters("")) ? name : Topics.deadLetters(name);
            meant.add(all.stream()
                    .filter(topic -> topic.equals(full) || topic.equals(topics.prefix() + full))
                    .findFirst()
                    .orElseThrow(() -> new ConfigException(
                            "'" + name + "' has no dead letters: choose from " + String.join(", ", all))));
        }
        return meant.isEmpty() ? all : meant;
    }

    /** All partitions of all topics of dead letters that there are. */
    public List<Section> sections() {
        return sections;
    }

    /** Those of some topics. */
    public List<Section> sections(Collection<String> topics) {
        return sections.stream()
                .filter(section -> topics.contains(section.partition().topic()))
                .toList();
    }

    /** @param taker says whether to go on */
    public void read(Section section, Predicate<DeadLetter> taker) {
        reader.read(section.partition(), section.begin(), section.end(), record -> taker.test(new DeadLetter(record)));
    }

    /** The letter at a place, if there is one. */
    public Optional<DeadLetter> find(String topic, int partition, long offset) {
        var found = new AtomicReference<@Nullable DeadLetter>();
        for (Section section : sections) {
            if (section.partition().equals(new TopicPartition(topic, partition))
                    && offset >= section.begin()
                    && offset < section.end()) {
                reader.read(section.partition(), offset, offset + 1, record -> {
                    found.set(new DeadLetter(record));
                    return false;
                });
            }
        }
        return Optional.ofNullable(found.get());
    }

    @Override
    public void close() {
        reader.close();
    }
}
