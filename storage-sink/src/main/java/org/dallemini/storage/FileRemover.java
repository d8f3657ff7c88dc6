package org.dallemini.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.events.ImageDeletion;
import org.dallemini.objects.ObjectStore;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Failures;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the files of images that are not wanted any more, on a thread of its own. The sinks share this work as a
 * consumer group; an offset is committed when the files are gone. Whatever is away is waited out.
 */
final class FileRemover implements AutoCloseable {
    /** The consumer group, behind the prefix. */
    static final String NAME = StorageSink.NAME + "-deletions";

    private static final Logger log = LoggerFactory.getLogger(FileRemover.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    /** Even where each takes seconds, the group does not miss this process. */
    private static final int RECORDS_PER_POLL = 20;

    private final String topic;
    private final Map<String, Object> settings;
    private final Deserializer<ImageDeletion> deserializer;
    private final ObjectStore store;
    private final Backoff backoff = new Backoff();
    private final Thread thread;
    private volatile @Nullable KafkaConsumer<?, ?> reading;
    private volatile String trouble = "";
    private volatile boolean closed;

    private FileRemover(StageConfig config, ObjectStore store) {
        this.topic = config.topics().imageDeletions();
        this.settings = new HashMap<>(config.consumer());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.groupIdBeside(NAME));
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_PER_POLL);
        this.deserializer = EventSerdes.deserializer(ImageDeletion.class, config.serde());
        this.store = store;
        this.thread = new Thread(this::run, NAME);
        this.thread.setDaemon(true);
    }

    /** Starts the thread and returns at once. */
    static FileRemover start(StageConfig config, ObjectStore store) {
        FileRemover remover = new FileRemover(config, store);
        remover.thread.start();
        return remover;
    }

    /** Why files cannot be deleted at present, for people; empty if they can. */
    String trouble() {
        return trouble;
    }

    private void run() {
        while (!closed) {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                reading = consumer;
                consumer.subscribe(List.of(topic));
                while (!closed) {
                    work(consumer);
                }
            } catch (WakeupException | InterruptException e) {
                Thread.interrupted(); // closed
            } catch (RuntimeException e) {
                pause(Failures.describeKafkas(e));
            }
        }
        Utils.closeQuietly(deserializer, "deserializer");
    }

    private void work(KafkaConsumer<byte[], byte[]> consumer) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        String why = "";
        for (TopicPartition partition : records.partitions()) {
            long next = records.records(partition).get(0).offset();
            long first = next;
            try {
                for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                    delete(record);
                    next = record.offset() + 1;
                }
            } catch (IOException e) {
                why = String.valueOf(e.getMessage());
                consumer.seek(partition, next);
            } catch (RuntimeException e) {
                why = Failures.describe(e);
                consumer.seek(partition, next);
            }
            if (next > first) {
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(next)));
            }
        }
        if (!why.isEmpty()) {
            pause(why);
        } else {
            carryOn();
        }
    }

    private void delete(ConsumerRecord<byte[], byte[]> record) throws IOException {
        ImageDeletion deletion = record.value() == null ? null : read(record);
        if (deletion != null) {
            ImageFiles.delete(deletion, store);
            log.info("The files of image {} have been deleted", deletion.getImageId());
        }
    }

    /** Null if it is none. */
    private @Nullable ImageDeletion read(ConsumerRecord<byte[], byte[]> record) {
        try {
            return deserializer.deserialize(topic, record.headers(), record.value());
        } catch (RuntimeException e) {
            if (Failures.isFatal(e) || Failures.isOutage(e)) {
                throw e;
            }
            log.warn("{} {}:{} is no deletion: {}", topic, record.partition(), record.offset(), e.toString());
            return null;
        }
    }

    private void pause(String why) {
        if (!closed && !why.equals(trouble)) {
            log.warn("Files of deleted images stay where they are for now: {}", why);
            trouble = why;
        }
        backoff.failed();
        try {
            backoff.await(() -> closed);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void carryOn() {
        backoff.succeeded();
        if (!trouble.isEmpty()) {
            log.info("Files of deleted images are deleted again");
            trouble = "";
        }
    }

    @Override
    public void close() {
        closed = true;
        KafkaConsumer<?, ?> consumer = reading;
        if (consumer != null) {
            consumer.wakeup();
        }
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
            thread.interrupt(); // a call to somebody who does not answer
            thread.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
