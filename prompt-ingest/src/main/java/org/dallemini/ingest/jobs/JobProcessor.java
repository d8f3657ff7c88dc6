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
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.streams.Alarm;
import org.dallemini.ingest.streams.PacedCommit;
import org.dallemini.prompt.EventType;
import org.dallemini.prompt.Webhook;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the items of each job and its numbers, and sends its status on when they change: at once, but no more than one
 * every {@link #STATUS_INTERVAL}, or each of ten thousand prompts of a list would make a status of the whole. What is
 * not sent yet is in a store, in the same transaction as the change, so that no last status is lost with the process.
 */
final class JobProcessor extends ContextualProcessor<String, JobUpdate, String, JobStatus> {
    static final String ITEMS = "job-parts";
    static final String AGGREGATES = "job-tallies";

    static final String PENDING = "job-untold";

    static final Duration STATUS_INTERVAL = Duration.ofMillis(100);

    /** Of jobs that have ended, for which somebody may wait. */
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(20);

    private static final byte[] PENDING_VALUE = {};

    /** Those whose status was sent in this interval. */
    private final Set<String> sent = new HashSet<>();

    private @Nullable Alarm alarm;
    private @Nullable PacedCommit commit;
    private @Nullable KeyValueStore<String, ItemProgress> items;
    private @Nullable KeyValueStore<String, JobAggregate> aggregates;
    private @Nullable KeyValueStore<String, byte[]> pending;

    @Override
    public void init(ProcessorContext<String, JobStatus> context) {
        super.init(context);
        this.items = context.getStateStore(ITEMS);
        this.aggregates = context.getStateStore(AGGREGATES);
        this.pending = context.getStateStore(PENDING);
        Alarm alarm = new Alarm(context, now -> sendPending());
        alarm.setIn(STATUS_INTERVAL); // for what was pending when a process ended
        this.alarm = alarm;
        this.commit = new PacedCommit(context, COMMIT_INTERVAL);
    }

    @Override
    public void process(Record<String, JobUpdate> record) {
        KeyValueStore<String, JobAggregate> jobs = Objects.requireNonNull(aggregates);
        String jobId = record.key();
        JobUpdate update = record.value();
        JobAggregate known = jobs.get(jobId);
        if (known == null && !update.certain()) {
            return; // no job has the id that was guessed
        }
        JobAggregate before = known == null ? JobAggregate.EMPTY : known;
        if (before.isDeleted()) {
            return; // nothing brings it back
        }
        JobAggregate now = before.with(update);
        if (now.isDeleted()) {
            jobs.put(jobId, now.changedAt(context().currentSystemTimeMs()));
            Objects.requireNonNull(pending).delete(jobId);
            return; // what is to go, JobExpiry knows
        }
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
        if (now.equals(before) && (known != null || imageId == null)) {
            return; // sent before
        }
        now = now.changedAt(context().currentSystemTimeMs());
        jobs.put(jobId, now);
        if (now.isKnown()) {
            changed(jobId, now);
        }
    }

    private void changed(String jobId, JobAggregate job) {
        if (sent.add(jobId)) {
            send(jobId, job);
            Objects.requireNonNull(alarm).setIn(STATUS_INTERVAL);
        } else {
            Objects.requireNonNull(pending).putIfAbsent(jobId, PENDING_VALUE);
        }
    }

    private void send(String jobId, JobAggregate job) {
        Headers headers = new RecordHeaders();
        Webhook webhook = job.submission().webhook();
        if (webhook != null) {
            webhook.write(headers);
        }
        context().forward(new Record<>(jobId, job.status(jobId), job.updatedAt(), headers));
        if (EventType.of(job.state()).isPresent()) { // it has ended
            Objects.requireNonNull(commit).ask();
        }
    }

    private void sendPending() {
        KeyValueStore<String, byte[]> waiting = Objects.requireNonNull(pending);
        sent.clear();
        try (KeyValueIterator<String, byte[]> all = waiting.all()) {
            all.forEachRemaining(one -> sent.add(one.key));
        }
        for (String jobId : sent) {
            waiting.delete(jobId);
            JobAggregate job = Objects.requireNonNull(aggregates).get(jobId);
            if (job != null && !job.isDeleted()) {
                send(jobId, job);
            }
        }
        if (!sent.isEmpty()) {
            Objects.requireNonNull(alarm).setIn(STATUS_INTERVAL);
        }
    }

    /** What was known of a part before, and what is now. */
    private ItemProgress[] learn(String jobId, String part, ItemProgress news) {
        KeyValueStore<String, ItemProgress> store = Objects.requireNonNull(items);
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
        try (KeyValueIterator<String, ItemProgress> all = ofJob(jobId, Objects.requireNonNull(items))) {
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

    /** All items of a job. No id of a job holds a slash, so no job's prefix begins another's. */
    static KeyValueIterator<String, ItemProgress> ofJob(String jobId, KeyValueStore<String, ItemProgress> items) {
        return items.prefixScan(ImageFiler.key(jobId, ""), new StringSerializer());
    }
}
