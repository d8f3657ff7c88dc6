package org.dallemini.deadletters;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.cluster.CommittedReader;
import org.dallemini.stage.config.StageConfig;

/**
 * Which dead letters have been replayed, on the compacted topic {@code dead-letters.replayed}: a record a letter,
 * written in the transaction that also sends the letter's record back. The key is {@code topic id/partition/offset} of
 * the letter; by the id, marks do not count for a topic that was deleted and made anew.
 */
public final class ReplayMarks {
    private static final Pattern MARK = Pattern.compile("[\\w-]+/\\d{1,9}/\\d{1,18}");

    private final String topic;
    private final Set<String> marks;

    private ReplayMarks(String topic, Set<String> marks) {
        this.topic = topic;
        this.marks = marks;
    }

    /** Whether the topic is there, without which nothing can be replayed. */
    static boolean exist(StageConfig config, Admin admin) {
        return ClusterTopics.describe(config.topics().replayedDeadLetters(), admin) != null;
    }

    /** All marks that are committed by now; none if there is no such topic. */
    public static ReplayMarks read(StageConfig config, Admin admin) {
        String topic = config.topics().replayedDeadLetters();
        var marks = new HashSet<String>();
        TopicDescription description = ClusterTopics.describe(topic, admin);
        if (description != null) {
            List<TopicPartition> partitions = description.partitions().stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            try (CommittedReader reader = new CommittedReader(config)) {
                Map<TopicPartition, Long> begins = reader.beginnings(partitions);
                reader.ends(partitions)
                        .forEach((partition, end) ->
                                reader.read(partition, begins.getOrDefault(partition, 0L), end, record -> {
                                    String key = DeadLetter.text(record.key());
                                    if (record.value() == null) {
                                        marks.remove(key);
                                    } else if (MARK.matcher(key).matches()) {
                                        marks.add(key);
                                    }
                                    return true;
                                }));
            }
        }
        return new ReplayMarks(topic, marks);
    }

    public boolean contains(Section section, DeadLetter letter) {
        return marks.contains(key(section, letter.record().offset()));
    }

    /** The mark of a letter; {@link #contains} knows of it only when it is read again. */
    ProducerRecord<byte[], byte[]> of(Section section, DeadLetter letter, String target) {
        return new ProducerRecord<>(topic, bytes(key(section, letter.record().offset())), bytes(target));
    }

    /**
     * Tombstones for the marks of letters that are gone, by retention, by a purge or with their topic.
     *
     * @param sections of all letters that there are
     * @param topics how many topics of dead letters the pipeline has: while one is missing, it may be one of which the
     *     broker that was asked has not heard yet, and its marks stay
     */
    List<ProducerRecord<byte[], byte[]>> tombstones(Collection<Section> sections, int topics) {
        boolean allThere = sections.stream()
                        .map(section -> section.partition().topic())
                        .distinct()
                        .count()
                == topics;
        Map<String, Section> known = sections.stream()
                .collect(Collectors.toMap(
                        section -> prefix(section.topicId(), section.partition().partition()), section -> section));
        return marks.stream()
                .filter(mark -> {
                    int end = mark.lastIndexOf('/') + 1;
                    Section section = known.get(mark.substring(0, end));
                    return section == null ? allThere : Long.parseLong(mark, end, mark.length(), 10) < section.begin();
                })
                .map(mark -> new ProducerRecord<byte[], byte[]>(topic, bytes(mark), null))
                .toList();
    }

    private static String key(Section section, long offset) {
        return prefix(section.topicId(), section.partition().partition()) + offset;
    }

    private static String prefix(Uuid topicId, int partition) {
        return topicId + "/" + partition + "/";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
