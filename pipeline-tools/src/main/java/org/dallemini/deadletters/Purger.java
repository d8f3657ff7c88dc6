package org.dallemini.deadletters;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.dallemini.stage.KafkaClients;

/**
 * Deletes dead letters. Kafka deletes from the beginning of a partition up to an offset and nothing in between: each
 * partition is deleted up to its first letter that shall stay.
 */
public final class Purger {
    private Purger() {}

    /**
     * What can be deleted of a partition.
     *
     * @param upTo the offset of the first record that stays
     * @param deleted letters before it
     * @param behind letters that are meant too, but lie behind one that stays, and so stay with it
     * @param others letters that are not meant
     */
    public record Cut(TopicPartition partition, long upTo, long deleted, long behind, long others) {}

    /** Finds out what would be deleted, and changes nothing. */
    public static List<Cut> plan(DeadLetterLog log, List<Section> sections, BiPredicate<Section, DeadLetter> isMeant) {
        var cuts = new ArrayList<Cut>();
        for (Section section : sections) {
            var count = new Count(section.end());
            log.read(section, letter -> {
                count.add(letter, isMeant.test(section, letter));
                return true;
            });
            cuts.add(new Cut(section.partition(), count.upTo, count.deleted, count.behind, count.others));
        }
        return cuts;
    }

    /** Deletes; letters that have come since the plan was made are not touched. */
    public static void delete(Admin admin, List<Cut> cuts) {
        Map<TopicPartition, RecordsToDelete> offsets = cuts.stream()
                .filter(cut -> cut.deleted > 0)
                .collect(Collectors.toMap(Cut::partition, cut -> RecordsToDelete.beforeOffset(cut.upTo)));
        KafkaClients.get(admin.deleteRecords(offsets).all());
    }

    private static final class Count {
        private long upTo;
        private long deleted;
        private long behind;
        private long others;

        Count(long end) {
            upTo = end;
        }

        void add(DeadLetter letter, boolean isMeant) {
            if (!isMeant) {
                if (others++ == 0) {
                    upTo = letter.record().offset();
                }
            } else if (others == 0) {
                deleted++;
            } else {
                behind++;
            }
        }
    }
}
