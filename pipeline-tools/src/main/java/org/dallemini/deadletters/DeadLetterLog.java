package org.dallemini.deadletters;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.cluster.CommittedReader;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/** The dead letters of a pipeline, as far as they were committed when the log was opened. Not thread-safe. */
public final class DeadLetterLog implements AutoCloseable {
    private static final Pattern PLACE = Pattern.compile("(\\S+\\.dlq) (\\d{1,9}):(\\d{1,18})");

    private final CommittedReader reader;
    private final LetterJobs jobs;
    private final List<Section> sections;

    private DeadLetterLog(CommittedReader reader, LetterJobs jobs, List<Section> sections) {
        this.reader = reader;
        this.jobs = jobs;
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
            return new DeadLetterLog(reader, new LetterJobs(config.topics(), config.serde()), sections);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private static List<Section> sections(String topic, Admin admin, CommittedReader reader) {
        TopicDescription description = ClusterTopics.describe(topic, admin);
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

    public List<Section> sections(Collection<String> topics) {
        return sections.stream()
                .filter(section -> topics.contains(section.partition().topic()))
                .toList();
    }

    /** All of them, without what was set aside before a moment. */
    public List<Section> sectionsSince(Instant moment) {
        Map<TopicPartition, Long> begins =
                reader.since(moment, sections.stream().map(Section::partition).toList());
        return sections.stream()
                .map(section -> new Section(
                        section.partition(),
                        section.topicId(),
                        Math.max(section.begin(), begins.getOrDefault(section.partition(), 0L)),
                        section.end()))
                .toList();
    }

    /** @param taker says whether to go on */
    public void read(Section section, Predicate<DeadLetter> taker) {
        reader.read(section.partition(), section.begin(), section.end(), record -> taker.test(new DeadLetter(record)));
    }

    /**
     * Filters by the job that a letter belongs to. A prompt that names none, or that cannot be read, is a job of its
     * own.
     */
    public Predicate<DeadLetter> ofJob(String jobId) {
        return letter -> jobs.jobOf(letter).filter(jobId::equals).isPresent();
    }

    /** Whether a text is a {@linkplain DeadLetter#place place}. */
    public static boolean isPlace(String text) {
        return PLACE.matcher(text).matches();
    }

    /** The letter at a {@linkplain DeadLetter#place place}, if there is one. */
    public Optional<DeadLetter> find(String place) {
        Matcher parts = PLACE.matcher(place);
        return parts.matches()
                ? find(parts.group(1), Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3)))
                : Optional.empty();
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
        jobs.close();
        reader.close();
    }
}
