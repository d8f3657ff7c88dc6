package org.dallemini.generate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.events.StoredImage;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.DeadLetters;

/** Reads what becomes of images from the completion events and the dead letters of every stage. Not thread-safe. */
final class OutcomeReader implements AutoCloseable {
    private final Consumer<byte[], byte[]> consumer;
    private final Deserializer<StoredImage> deserializer;
    private final String storedImages;

    /**
     * @param consumer without a group, reading committed records; closed with this reader
     * @param fromBeginning whether outcomes of earlier runs are of interest too
     */
    OutcomeReader(
            Consumer<byte[], byte[]> consumer,
            Deserializer<StoredImage> deserializer,
            Topics topics,
            boolean fromBeginning) {
        this.consumer = consumer;
        this.deserializer = deserializer;
        this.storedImages = topics.storedImages();
        var names = new ArrayList<>(List.of(storedImages));
        topics.inputs().forEach(topic -> names.add(Topics.deadLetters(topic)));
        List<TopicPartition> partitions = names.stream()
                .flatMap(name -> consumer.partitionsFor(name).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        if (fromBeginning) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
        }
        partitions.forEach(consumer::position); // seeking is lazy: settle the start before anything is published
    }

    /** All outcomes up to now. */
    List<ImageOutcome> readToEnd() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        var outcomes = new ArrayList<ImageOutcome>();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            outcomes.addAll(poll(Duration.ofMillis(100)));
        }
        return outcomes;
    }

    /** The next outcomes, possibly none within the time. */
    List<ImageOutcome> poll(Duration timeout) {
        var outcomes = new ArrayList<ImageOutcome>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
            outcomes.add(
                    record.topic().equals(storedImages)
                            ? new ImageOutcome.Stored(
                                    deserializer.deserialize(record.topic(), record.headers(), record.value()))
                            : failure(record));
        }
        return outcomes;
    }

    private static ImageOutcome failure(ConsumerRecord<byte[], byte[]> record) {
        String id = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        return new ImageOutcome.Failed(
                id,
                header(record, DeadLetters.CODE).orElse("unknown"),
                header(record, DeadLetters.MESSAGE).orElse("see the topic " + record.topic()));
    }

    private static Optional<String> header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO)); // at once: there is no group to leave
        deserializer.close();
    }
}
