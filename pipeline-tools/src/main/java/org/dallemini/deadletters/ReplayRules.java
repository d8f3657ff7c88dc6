package org.dallemini.deadletters;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.DeadLetters;

/**
 * Which letters may be sent back, and as what.
 *
 * @param partitions how many partitions each input of the pipeline has
 * @param maxAttempts letters that were set aside as often stay where they are
 */
record ReplayRules(Map<String, Integer> partitions, int maxAttempts) {
    /** Leaves aside whether it has been replayed. */
    Fate fate(DeadLetter letter) {
        String topic = letter.header(DeadLetters.TOPIC).orElse("");
        // Both: a letter names its own topic, or none at all. A forged header cannot make this write anywhere else.
        if (!partitions.containsKey(topic)
                || !Topics.deadLetters(topic).equals(letter.record().topic())) {
            return new Fate.Refused(
                    "its header " + DeadLetters.TOPIC + " says '" + topic + "', which is not the topic of "
                            + letter.record().topic() + ": no stage of this pipeline has set it aside");
        }
        if (letter.omitted().isPresent()) {
            // Sent back it would be a record without a value, refused for a reason that the publisher never gave.
            return new Fate.Omitted("the record was too large for its dead letter ("
                    + letter.omitted().get()
                    + "): it lies at " + letter.origin()
                    + " for as long as that topic keeps it; have its publisher send it again, smaller");
        }
        return letter.attempts() >= maxAttempts ? new Fate.GivenUp(letter.attempts()) : new Fate.Replayed(topic);
    }

    /**
     * The original record: key, value and headers byte for byte, and the header that counts the attempts. It goes to
     * the partition it was read from, as its publisher may choose partitions in another way than Kafka's own clients,
     * and the intake recognises repetitions within a partition only. It carries the time of the replay, since retention
     * would otherwise count from long ago.
     */
    ProducerRecord<byte[], byte[]> original(DeadLetter letter, String topic) {
        var headers = new RecordHeaders();
        for (Header header : letter.record().headers()) {
            // Why it was set aside is no longer true of it once it is on its way again; how often, still is.
            if (!DeadLetters.isOurs(header.key()) || header.key().equals(DeadLetters.ATTEMPTS)) {
                headers.add(header);
            }
        }
        Integer partition = letter.header(DeadLetters.PARTITION)
                .flatMap(text -> partition(topic, text))
                .orElse(null);
        return new ProducerRecord<>(
                topic, partition, letter.record().key(), letter.record().value(), headers);
    }

    private Optional<Integer> partition(String topic, String text) {
        return text.matches("\\d{1,9}") && Integer.parseInt(text) < partitions.getOrDefault(topic, 0)
                ? Optional.of(Integer.valueOf(text))
                : Optional.empty();
    }
}
