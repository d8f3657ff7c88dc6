package org.dallemini.ingest.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.dallemini.events.JobStatus;
import org.dallemini.prompt.Webhook;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the parts of each job and its numbers, and sends its status on when they change: at once, but no more than one
 * every {@link #PACE}, or each of ten thousand prompts of a list would make a status of the whole. What is not told yet
 * is in a store, in the same transaction as the change, so that no last status is lost with the process.
 */
final class JobProcessor implements Processor<String, JobUpdate, String, JobStatus> {
    static final String PARTS = "job-parts";
    static final String TALLIES = "job-tallies";

    static final String UNTOLD = "job-untold";

    static final Duration PACE = Duration.ofMillis(100);

    private static final byte[] UNTOLD_VALUE = {};

    /** Those whose status was sent since the last beat. */
    private final Set<String> told = new HashSet<>();

    private @Nullable ProcessorContext<String, JobStatus> context;
    private @Nullable KeyValueStore<String, ItemProgress> parts;
    private @Nullable KeyValueStore<String, JobAggregate> tallies;
    private @Nullable KeyValueStore<String, byte[]> untold;

    @Override
    public void init(ProcessorContext<String, JobStatus> context) {
        this.context = context;
        this.parts = context.getStateStore(PARTS);
        this.tallies = context.getStateStore(TALLIES);
        this.untold = context.getStateStore(UNTOLD);
        context.schedule(PACE, PunctuationType.WALL_CLOCK_TIME, now -> beat());
    }

    @Override
    public void process(Record<String, JobUpdate> record) {
        ProcessorContext<String, JobStatus> here = Objects.requireNonNull(context, "init() has not been called");
        KeyValueStore<String, JobAggregate> jobs = Objects.requireNonNull(tallies);
        String jobId = record.key();
        JobUpdate update = record.value();
        JobAggregate known = jobs.get(jobId);
        if (known == null && !update.certain()) {
            return; // no job has the id that was guessed
        }
        JobAggregate before = known == null ? JobAggregate.EMPTY : known;
        JobAggregate now = before.with(update);
        String imageId = update.imageId();
        if (imageId != null) {
            ItemProgress[] image = learn(jobId, imageId, update.image());
            now = now.with(imageId, image[1], image[0].countsOfImage(), image[1].countsOfImage());
        }
        if (!update.prompt().equals(ItemProgress.UNKNOWN)) {
            ItemProgress[] prompt = learn(jobId, update.promptId(), update.prompt());
            now = now.with(update.promptId(), prompt[1], prompt[0].countsOfPrompt(), prompt[1].countsOfPrompt());
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
            changed(jobId, now);
        }
    }

    private void changed(String jobId, JobAggregate job) {
        if (told.add(jobId)) {
            tell(jobId, job);
        } else {
            Objects.requireNonNull(untold).putIfAbsent(jobId, UNTOLD_VALUE);
        }
    }

    private void tell(String jobId, JobAggregate job) {
        Headers headers = new RecordHeaders();
        Webhook webhook = job.submission().webhook();
        if (webhook != null) {
            webhook.write(headers);
        }
        Objects.requireNonNull(context).forward(new Record<>(jobId, job.status(jobId), job.updatedAt(), headers));
    }

    private void beat() {
        KeyValueStore<String, byte[]> waiting = Objects.requireNonNull(untold);
        told.clear();
        try (KeyValueIterator<String, byte[]> all = waiting.all()) {
            all.forEachRemaining(one -> told.add(one.key));
        }
        for (String jobId : told) {
            waiting.delete(jobId);
            JobAggregate job = Objects.requireNonNull(tallies).get(jobId);
            if (job != null) {
                tell(jobId, job);
            }
        }
    }

    /** What was known of a part before, and what is now. */
    private ItemProgress[] learn(String jobId, String part, ItemProgress news) {
        KeyValueStore<String, ItemProgress> store = Objects.requireNonNull(parts);
        String key = ImageFiler.key(jobId, part);
        ItemProgress known = store.get(key);
        ItemProgress before = known == null ? ItemProgress.UNKNOWN : known;
        ItemProgress after = before.merge(news);
        if (!after.equals(before)) {
            store.put(key, after);
        }
        return new ItemProgress[] {before, after};
    }

    private List<Failed> failures(String jobId) {
        List<Failed> found = new ArrayList<>();
        String prefix = ImageFiler.key(jobId, "");
        try (KeyValueIterator<String, ItemProgress> all = ofJob(jobId, Objects.requireNonNull(parts))) {
            while (all.hasNext() && found.size() < JobAggregate.MAX_FAILURES) {
                KeyValue<String, ItemProgress> part = all.next();
                Failure failure = part.value.end();
                if (failure != null && part.value.isFailed()) {
                    found.add(new Failed(part.key.substring(prefix.length()), failure));
                }
            }
        }
        return found;
    }

    /** All parts of a job. No id of a job holds a slash, so no job's prefix begins another's. */
    static KeyValueIterator<String, ItemProgress> ofJob(String jobId, KeyValueStore<String, ItemProgress> parts) {
        return parts.prefixScan(ImageFiler.key(jobId, ""), new StringSerializer());
    }
}
