package org.dallemini.storage;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.GroupProtocol;
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
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Failures;
import org.dallemini.stage.OutageWait;
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
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /** How long the files of a process that was killed wait for another. */
    private static final int SESSION_TIMEOUT_MS = 10_000;

    /** Images whose files are deleted at the same time. */
    static final int PARALLEL = 4;

    /** Even where each takes seconds, the group does not miss this process. */
    private static final int RECORDS_PER_POLL = 20;

    private final String topic;
    private final Map<String, Object> settings;
    private final Deserializer<ImageDeletion> deserializer;
    private final ObjectStore store;
    private final OutageWait wait;
    private final ExecutorService workers = Executors.newFixedThreadPool(PARALLEL, task -> {
        Thread worker = new Thread(task, NAME + "-worker");
        worker.setDaemon(true);
        return worker;
    });
    private final Thread thread;
    private volatile @Nullable KafkaConsumer<?, ?> reading;
    private volatile boolean closed;

    private FileRemover(StageConfig config, ObjectStore store) {
        this.topic = config.topics().imageDeletions();
        this.settings = new HashMap<>(config.consumer());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.groupIdBeside(NAME));
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_PER_POLL);
        if (!GroupProtocol.CONSUMER.name().equalsIgnoreCase(String.valueOf(settings.get("group.protocol")))) {
            settings.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MS);
        }
        this.deserializer = EventSerdes.deserializer(ImageDeletion.class, config.serde());
        this.store = store;
        this.wait = new OutageWait(
                log,
                "Files of deleted images stay where they are for now",
                "Files of deleted images are deleted again",
                () -> closed);
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
        return wait.trouble();
    }

    private void run() {
        while (!closed) {
            try {
                KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                try {
                    reading = consumer;
                    consumer.subscribe(List.of(topic));
                    while (!closed) {
                        work(consumer);
                    }
                } finally {
                    consumer.close(CloseOptions.timeout(LEAVE_TIMEOUT));
                }
            } catch (WakeupException | InterruptException e) {
                Thread.interrupted(); // closed
            } catch (RuntimeException e) {
                wait.failed(Failures.describeKafkas(e));
            }
        }
        workers.shutdownNow();
        Utils.closeQuietly(deserializer, "deserializer");
    }

    private void work(KafkaConsumer<byte[], byte[]> consumer) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        String why = "";
        for (TopicPartition partition : records.partitions()) {
            long next = records.records(partition).get(0).offset();
            long first = next;
            List<Future<?>> deleting = records.records(partition).stream()
                    .<Future<?>>map(record -> workers.submit(() -> delete(record)))
                    .toList();
            try {
                for (int i = 0; i < deleting.size(); i++) {
                    deleting.get(i).get();
                    next = records.records(partition).get(i).offset() + 1;
                }
            } catch (ExecutionException e) {
                why = words(e.getCause());
                deleting.forEach(one -> one.cancel(false)); // what is not begun; what is, does no harm twice
                consumer.seek(partition, next);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
            if (next > first) {
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(next)));
            }
        }
        if (!why.isEmpty()) {
            wait.failed(why);
        } else {
            wait.succeeded();
        }
    }

    private static String words(@Nullable Throwable failure) {
        if (failure instanceof ObjectStoreException) {
            return String.valueOf(failure.getMessage());
        }
        return failure == null ? "" : "Deleting files of an image fails: " + Failures.describe(failure);
    }

    private @Nullable Void delete(ConsumerRecord<byte[], byte[]> record) throws ObjectStoreException {
        ImageDeletion deletion = record.value() == null ? null : read(record);
        if (deletion != null) {
            ImageFiles.delete(deletion, store);
            log.info("The files of image {} have been deleted", deletion.getImageId());
        }
        return null;
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
