package org.dallemini.jobs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.cluster.CommittedReader;
import org.dallemini.cluster.RecordValues;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/** Reads the compacted topic {@code jobs}: the last record of a key is the job's status. Not thread-safe. */
public final class JobLog implements AutoCloseable {
    private final CommittedReader reader;
    private final Deserializer<JobStatus> deserializer;
    private final List<TopicPartition> partitions;

    /** Hears of a job. */
    public interface Listener {
        /** @param status null while nothing is known of it */
        void heard(@Nullable JobStatus status);
    }

    private JobLog(CommittedReader reader, Deserializer<JobStatus> deserializer, List<TopicPartition> partitions) {
        this.reader = reader;
        this.deserializer = deserializer;
        this.partitions = List.copyOf(partitions);
    }

    /** @throws org.apache.kafka.common.config.ConfigException if the cluster has no such topic */
    public static JobLog open(StageConfig config, Admin admin) {
        List<TopicPartition> partitions =
                ClusterTopics.requirePartitions(config.topics().jobs(), admin);
        return new JobLog(
                new CommittedReader(config), EventSerdes.deserializer(JobStatus.class, config.serde()), partitions);
    }

    /** The status of a job, as of some tenths of a second ago; empty if none of this id is known. */
    public Optional<JobStatus> find(String jobId) {
        return find(jobId, reader.end(partitionOf(jobId)));
    }

    private Optional<JobStatus> find(String jobId, long end) {
        TopicPartition partition = partitionOf(jobId);
        long begin = reader.beginnings(List.of(partition)).getOrDefault(partition, 0L);
        return reader.last(partition, begin, end, record -> jobId.equals(key(record)))
                .flatMap(this::status);
    }

    private TopicPartition partitionOf(String jobId) {
        return ClusterTopics.partitionOf(jobId, partitions);
    }

    /**
     * Follows a job until it has ended.
     *
     * @param listener told what is known at first, and then some times a second
     * @param stopped asked as often
     * @return the last status; empty if nothing was heard of it before it was stopped
     */
    public Optional<JobStatus> follow(String jobId, Listener listener, BooleanSupplier stopped) {
        return follow(jobId, Jobs::hasEnded, listener, stopped);
    }

    /**
     * Follows a job until its status is as it is waited for.
     *
     * @param stopped asked some times a second
     * @return the last status; empty if nothing was heard of it before it was stopped
     */
    public Optional<JobStatus> await(String jobId, Predicate<JobStatus> until, BooleanSupplier stopped) {
        return follow(jobId, until, job -> {}, stopped);
    }

    private Optional<JobStatus> follow(
            String jobId, Predicate<JobStatus> until, Listener listener, BooleanSupplier stopped) {
        long end = reader.end(partitionOf(jobId));
        Optional<JobStatus> last = find(jobId, end);
        reader.follow(partitionOf(jobId), end);
        listener.heard(last.orElse(null));
        while (last.filter(until).isEmpty() && !stopped.getAsBoolean()) {
            for (ConsumerRecord<byte[], byte[]> record : reader.news()) {
                if (jobId.equals(key(record))) {
                    last = status(record);
                }
            }
            listener.heard(last.orElse(null));
        }
        return last;
    }

    /** All jobs that fit, in no order. */
    public List<JobStatus> list(Predicate<JobStatus> filter) {
        var jobs = new ArrayList<JobStatus>();
        reader.readLast(partitions, record -> status(record).filter(filter).ifPresent(jobs::add));
        return jobs;
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    /** Empty if the job was forgotten, or if somebody has written something else to the topic. */
    private Optional<JobStatus> status(ConsumerRecord<byte[], byte[]> record) {
        return RecordValues.decode(deserializer, record);
    }

    @Override
    public void close() {
        reader.close();
        deserializer.close();
    }
}
