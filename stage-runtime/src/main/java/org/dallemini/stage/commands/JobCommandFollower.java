package org.dallemini.stage.commands;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.events.JobCommand;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Failures;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which jobs are canceled: a thread reads all of the topic {@code job-commands}, and whatever comes from then on.
 * Every process reads all of it, so it has no consumer group. Whatever is away is waited out; until then nothing new is
 * known. Thread-safe.
 */
public final class JobCommandFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobCommandFollower.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final StageConfig config;
    private final String topic;
    private final Deserializer<JobCommand> deserializer;
    private final Backoff backoff = new Backoff();
    private final Thread thread;
    private volatile CanceledJobs current = new CanceledJobs();
    private volatile String trouble = "";
    private volatile boolean closed;

    private JobCommandFollower(StageConfig config) {
        this.config = config;
        this.topic = config.topics().jobCommands();
        this.deserializer = EventSerdes.deserializer(JobCommand.class, config.serde());
        this.thread = new Thread(this::run, "job-commands");
        this.thread.setDaemon(true);
    }

    /** Starts the thread and returns at once. */
    public static JobCommandFollower start(StageConfig config) {
        JobCommandFollower follower = new JobCommandFollower(config);
        follower.thread.start();
        return follower;
    }

    /** Whether the job is canceled, as far as is known by now. */
    public boolean isCanceled(String jobId) {
        return current.contains(jobId);
    }

    /** Why commands cannot be read at present, for people; empty if they can. */
    public String trouble() {
        return trouble;
    }

    private void run() {
        while (!closed) {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(config.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                follow(consumer);
            } catch (InterruptException e) {
                Thread.interrupted(); // closed
            } catch (RuntimeException e) {
                pause(Failures.describe(e));
            }
        }
        Utils.closeQuietly(deserializer, "deserializer");
    }

    private void follow(Consumer<byte[], byte[]> consumer) {
        List<PartitionInfo> found = consumer.partitionsFor(topic);
        if (found == null || found.isEmpty()) {
            pause("topic " + topic + " does not exist: run 'dallemini topics apply'");
            return;
        }
        List<TopicPartition> partitions = found.stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        // A job that was canceled and resumed long ago must not look canceled while its history is read.
        Map<TopicPartition, Long> history = consumer.endOffsets(partitions);
        CanceledJobs jobs = new CanceledJobs();
        while (!closed) {
            try {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    take(record, jobs);
                }
                if (jobs != current
                        && partitions.stream()
                                .allMatch(one -> consumer.position(one) >= history.getOrDefault(one, 0L))) {
                    current = jobs;
                }
                carryOn();
            } catch (RetriableException e) {
                pause(Failures.describe(e));
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, CanceledJobs jobs) {
        JobCommand command = read(record);
        if (command != null) {
            jobs.take(command, record.timestamp());
        }
    }

    /** Waits for as long as the registry is away; null for what is no command. */
    private @Nullable JobCommand read(ConsumerRecord<byte[], byte[]> record) {
        while (!closed && record.value() != null) {
            try {
                return deserializer.deserialize(topic, record.headers(), record.value());
            } catch (RuntimeException e) {
                if (!Failures.isFatal(e) && !Failures.isOutage(e)) {
                    LOG.warn("No command in {}-{} at {}: {}", topic, record.partition(), record.offset(), e.toString());
                    return null;
                }
                pause(Failures.describe(e));
            }
        }
        return null;
    }

    private void pause(String why) {
        String now = "job commands cannot be read: " + why;
        if (!closed && !now.equals(trouble)) {
            LOG.warn("Jobs cannot be canceled at present: {}", now);
            trouble = now;
        }
        backoff.failed();
        try {
            for (long left; !closed && (left = backoff.remaining().toMillis()) > 0; ) {
                Thread.sleep(Math.min(left, POLL.toMillis()));
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void carryOn() {
        backoff.succeeded();
        if (!trouble.isEmpty()) {
            LOG.info("Jobs can be canceled again");
            trouble = "";
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(FAREWELL.toMillis());
            thread.interrupt(); // a call to somebody who does not answer
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
