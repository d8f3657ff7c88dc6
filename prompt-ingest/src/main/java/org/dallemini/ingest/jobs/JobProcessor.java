package org.dallemini.ingest.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the parts of each job and its numbers, sends a status on whenever they change, and forgets jobs that have ended
 * long ago.
 */
final class JobProcessor implements Processor<String, JobFact, String, JobStatus> {
    static final String PARTS = "job-parts";
    static final String TALLIES = "job-tallies";

    /** How often some jobs are looked at for their age. */
    static final Duration SWEEP = Duration.ofSeconds(10);

    private static final int JOBS_PER_SWEEP = 2_000;

    /**
     * A job that has not completed may still change for as long as its records are kept: bulk requests and dead letters
     * are, for 30 days.
     */
    private static final Duration UNFINISHED = Duration.ofDays(31);

    private final Duration retention;
    private @Nullable ProcessorContext<String, JobStatus> context;
    private @Nullable KeyValueStore<String, Part> parts;
    private @Nullable KeyValueStore<String, JobTally> tallies;
    private @Nullable String sweptTo;

    /** @param retention how long a completed job is kept */
    JobProcessor(Duration retention) {
        this.retention = retention;
    }

    @Override
    public void init(ProcessorContext<String, JobStatus> context) {
        this.context = context;
        this.parts = context.getStateStore(PARTS);
        this.tallies = context.getStateStore(TALLIES);
        context.schedule(SWEEP, PunctuationType.WALL_CLOCK_TIME, this::sweep);
    }

    @Override
    public void process(Record<String, JobFact> record) {
        ProcessorContext<String, JobStatus> here = Objects.requireNonNull(context, "init() has not been called");
        KeyValueStore<String, JobTally> jobs = Objects.requireNonNull(tallies);
        String jobId = record.key();
        JobFact fact = record.value();
        JobTally known = jobs.get(jobId);
        if (known == null && !fact.certain()) {
            return; // no job has the id that was guessed
        }
        JobTally before = known == null ? JobTally.EMPTY : known;
        JobTally now = before.with(fact);
        String imageId = fact.imageId();
        if (imageId != null) {
            Part[] image = learn(jobId, imageId, fact.image());
            now = now.with(imageId, image[1], image[0].countsOfImage(), image[1].countsOfImage());
        }
        if (!fact.prompt().equals(Part.UNKNOWN)) {
            Part[] prompt = learn(jobId, fact.promptId(), fact.prompt());
            now = now.with(fact.promptId(), prompt[1], prompt[0].countsOfPrompt(), prompt[1].countsOfPrompt());
        }
        if (now.lacksNames()) {
            now = now.naming(failures(jobId));
        }
        if (now.equals(before)) {
            return; // told before
        }
        now = now.changedAt(here.currentSystemTimeMs());
        jobs.put(jobId, now);
        if (now.isKnown()) {
            here.forward(new Record<>(jobId, now.status(jobId), now.updatedAt()));
        }
    }

    /** What was known of a part before, and what is now. */
    private Part[] learn(String jobId, String part, Part news) {
        KeyValueStore<String, Part> store = Objects.requireNonNull(parts);
        String key = ImageFiler.key(jobId, part);
        Part known = store.get(key);
        Part before = known == null ? Part.UNKNOWN : known;
        Part after = before.merge(news);
        if (!after.equals(before)) {
            store.put(key, after);
        }
        return new Part[] {before, after};
    }

    /** No id of a job holds a slash, so no job's prefix begins another's. */
    private static String prefix(String jobId) {
        return jobId + "/";
    }

    private List<Failed> failures(String jobId) {
        List<Failed> found = new ArrayList<>();
        String prefix = prefix(jobId);
        try (KeyValueIterator<String, Part> all = ofJob(jobId)) {
            while (all.hasNext() && found.size() < JobTally.MOST_FAILURES) {
                KeyValue<String, Part> part = all.next();
                Failure failure = part.value.end();
                if (failure != null && part.value.isFailed()) {
                    found.add(new Failed(part.key.substring(prefix.length()), failure));
                }
            }
        }
        return found;
    }

    private KeyValueIterator<String, Part> ofJob(String jobId) {
        return Objects.requireNonNull(parts).prefixScan(prefix(jobId), new StringSerializer());
    }

    /** Looks at some jobs and goes on from there the next time, so that records never wait for all of them. */
    private void sweep(long now) {
        List<String> old = new ArrayList<>();
        String last = null;
        try (KeyValueIterator<String, JobTally> some =
                Objects.requireNonNull(tallies).range(sweptTo, null)) {
            for (int i = 0; i < JOBS_PER_SWEEP && some.hasNext(); i++) {
                KeyValue<String, JobTally> job = some.next();
                last = job.key;
                if (now - job.value.updatedAt() > retentionOf(job.value).toMillis()) {
                    old.add(job.key);
                }
            }
            sweptTo = some.hasNext() ? last : null;
        }
        old.forEach(jobId -> forget(jobId, now));
    }

    private Duration retentionOf(JobTally job) {
        boolean mayChange = job.state() != JobState.COMPLETED;
        return mayChange && retention.compareTo(UNFINISHED) < 0 ? UNFINISHED : retention;
    }

    private void forget(String jobId, long now) {
        List<String> keys = new ArrayList<>();
        List<String> filed = new ArrayList<>();
        try (KeyValueIterator<String, Part> all = ofJob(jobId)) {
            all.forEachRemaining(part -> {
                keys.add(part.key);
                if (part.value.reached() == Reached.STORED) {
                    filed.add(part.key); // as ImageFiler has named it
                }
            });
        }
        keys.forEach(Objects.requireNonNull(parts)::delete);
        Objects.requireNonNull(tallies).delete(jobId);
        filed.forEach(key -> bury(key, now));
        bury(jobId, now);
    }

    private void bury(String key, long now) {
        @SuppressWarnings("NullAway") // a record without a value deletes its key from a compacted topic
        Record<String, JobStatus> tombstone = new Record<>(key, null, now);
        Objects.requireNonNull(context).forward(tombstone);
    }
}
