package org.dallemini.ingest.gallery;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.streams.Patience;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Failures;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the topic {@code stored-images} on a thread of its own, from somewhat before its end on, without a group:
 * every process knows all recent images. It waits out whatever is down, and whatever else is wrong, for as long as that
 * takes: nothing but the gallery depends on it.
 */
public final class StoredImagesReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoredImagesReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    /** Each commit takes an offset too, and there may be one for every image. */
    private static final int OFFSETS_PER_IMAGE = 2;

    private final Map<String, Object> settings;
    private final String topic;
    private final Deserializer<StoredImage> deserializer;
    private final RecentImages images;
    private final int most;
    private final Patience patience = new Patience();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "gallery");
    private final Backoff backoff = new Backoff();
    private volatile @Nullable KafkaConsumer<?, ?> reading;
    private String trouble = "";

    private StoredImagesReader(StageConfig config, RecentImages images, int most) {
        this.settings = config.consumer();
        this.topic = config.topics().storedImages();
        this.deserializer = EventSerdes.deserializer(StoredImage.class, config.serde());
        this.images = images;
        this.most = most;
    }

    /** @param most images to begin with */
    public static StoredImagesReader start(StageConfig config, RecentImages images, int most) {
        StoredImagesReader reader = new StoredImagesReader(config, images, most);
        reader.thread.setDaemon(true);
        reader.thread.start();
        return reader;
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void run() {
        while (!isClosing()) {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                reading = consumer;
                follow(consumer);
            } catch (WakeupException e) {
                return; // it is being closed
            } catch (KafkaException e) {
                await(Failures.describeKafkas(e));
            }
        }
    }

    /** Returns when there is something to begin anew with. */
    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = partitions(consumer);
        if (partitions.isEmpty()) {
            await("topic " + topic + " does not exist: run 'dallemini topics apply'");
            return;
        }
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        seekBack(consumer, ends);
        while (!isClosing() && partitions.size() == partitions(consumer).size()) {
            consumer.poll(POLL).forEach(this::read);
            if (!images.isComplete() && isThere(consumer, ends)) {
                images.complete();
            }
            mended();
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
        List<PartitionInfo> known = consumer.partitionsFor(topic); // asks the broker only now and then
        return known == null
                ? List.of()
                : known.stream()
                        .map(one -> new TopicPartition(topic, one.partition()))
                        .toList();
    }

    private void seekBack(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        Collection<TopicPartition> partitions = ends.keySet();
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        long back = (long) OFFSETS_PER_IMAGE * (most / partitions.size() + 1);
        ends.forEach((partition, end) ->
                consumer.seek(partition, Math.max(beginnings.getOrDefault(partition, 0L), end - back)));
    }

    private static boolean isThere(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        try {
            StoredImage image = patience.outlast(
                    () -> deserializer.deserialize(record.topic(), record.value()), Failures::isOutage);
            if (image != null) {
                images.add(image);
            }
        } catch (SerializationException e) {
            if (Failures.isOutage(e) || Failures.isFatal(e)) {
                throw e;
            }
            LOG.debug("No image: {}-{}@{}", record.topic(), record.partition(), record.offset(), e);
        }
    }

    private void await(String detail) {
        if (!detail.equals(trouble)) {
            LOG.warn("The gallery waits: {}", detail);
            trouble = detail;
        }
        backoff.failed();
        try {
            closing.await(backoff.remaining().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void mended() {
        if (!trouble.isEmpty()) {
            LOG.info("The gallery carries on");
            trouble = "";
        }
        backoff.succeeded();
    }

    @Override
    public void close() {
        closing.countDown();
        patience.end();
        KafkaConsumer<?, ?> consumer = reading;
        if (consumer != null) {
            consumer.wakeup(); // out of whatever call it is in
        }
        try {
            thread.join(FAREWELL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
