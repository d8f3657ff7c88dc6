package org.dallemini.ingest.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.dallemini.events.JobState;
import org.jspecify.annotations.Nullable;

/** Forgets jobs that have ended long ago, and has the topics forget them and their images. */
final class JobExpiry extends ContextualProcessor<String, JobUpdate, String, byte[]> {
    /** How often some jobs are looked at for their age. */
    static final Duration SWEEP = Duration.ofSeconds(10);

    private static final int JOBS_PER_SWEEP = 2_000;

    /**
     * A job that has not completed may still change for as long as its records are kept: bulk requests and dead letters
     * are, for 30 days.
     */
    private static final Duration UNFINISHED = Duration.ofDays(31);

    private final Duration retention;
    private @Nullable KeyValueStore<String, ItemProgress> items;
    private @Nullable KeyValueStore<String, JobAggregate> aggregates;
    private @Nullable String sweptTo;

    /** @param retention how long a completed job is kept */
    JobExpiry(Duration retention) {
        this.retention = retention;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        super.init(context);
        this.items = context.getStateStore(JobProcessor.ITEMS);
        this.aggregates = context.getStateStore(JobProcessor.AGGREGATES);
        context.schedule(SWEEP, PunctuationType.WALL_CLOCK_TIME, this::sweep);
    }

    /** What happens to a job is the tracker's business. */
    @Override
    public void process(Record<String, JobUpdate> record) {}

    /** Looks at some jobs and goes on from there the next time, so that records never wait for all of them. */
    private void sweep(long now) {
        List<String> old = new ArrayList<>();
        String last = null;
        try (KeyValueIterator<String, JobAggregate> some =
                Objects.requireNonNull(aggregates).range(sweptTo, null)) {
            for (int i = 0; i < JOBS_PER_SWEEP && some.hasNext(); i++) {
                KeyValue<String, JobAggregate> job = some.next();
                last = job.key;
                if (now - job.value.updatedAt() > retentionOf(job.value).toMillis()) {
                    old.add(job.key);
                }
            }
            sweptTo = some.hasNext() ? last : null;
        }
        old.forEach(jobId -> forget(jobId, now));
    }

    private Duration retentionOf(JobAggregate job) {
        boolean mayChange = job.state() != JobState.COMPLETED;
        return mayChange && retention.compareTo(UNFINISHED) < 0 ? UNFINISHED : retention;
    }

    private void forget(String jobId, long now) {
        List<String> keys = new ArrayList<>();
        List<String> filed = new ArrayList<>();
        try (KeyValueIterator<String, ItemProgress> all = JobProcessor.ofJob(jobId, Objects.requireNonNull(items))) {
            all.forEachRemaining(part -> {
                keys.add(part.key);
                if (part.value.reached() == PipelineStep.STORED) {
                    filed.add(part.key); // as ImageFiler has named it
                }
            });
        }
        keys.forEach(Objects.requireNonNull(items)::delete);
        Objects.requireNonNull(aggregates).delete(jobId);
        filed.forEach(key -> bury(key, now));
        bury(jobId, now);
    }

    private void bury(String key, long now) {
        @SuppressWarnings("NullAway") // a record without a value deletes its key from a compacted topic
        Record<String, byte[]> tombstone = new Record<>(key, null, now);
        context().forward(tombstone);
    }
}
