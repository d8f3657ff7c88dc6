package org.dallemini.ingest.jobs;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.JobState;
import org.dallemini.ingest.jobs.JobAggregate.Deletion;
import org.dallemini.ingest.streams.Alarm;
import org.dallemini.prompt.Webhook;
import org.jspecify.annotations.Nullable;

/**
 * Forgets jobs that have ended long ago and those that were deleted, and has the topics forget them and their images.
 * It says which images are to be deleted: those of deleted jobs, and those that are older than images are kept.
 */
final class JobExpiry extends ContextualProcessor<String, JobUpdate, String, byte[]> {
    /** How often some jobs are looked at for their age. */
    static final Duration SWEEP = Duration.ofSeconds(10);

    /** Who deletes images that are old. */
    static final String RETENTION = "retention";

    private static final int JOBS_PER_SWEEP = 2_000;

    /** A hundred a second, of each partition of the jobs. */
    static final int IMAGES_PER_SWEEP = 1_000;

    /** Of a deleted job, so that a transaction stays small. */
    static final int IMAGES_AT_ONCE = 500;

    static final Duration PAUSE = Duration.ofMillis(100);

    /**
     * A job that has not completed may still change for as long as its records are kept: bulk requests and dead letters
     * are, for 30 days.
     */
    private static final Duration UNFINISHED = Duration.ofDays(31);

    private final Duration retention;
    private final Duration imageRetention;
    private final Function<ImageDeletion, byte[]> serializer;

    /** Deleted jobs that have images left. */
    private final Set<String> leaving = new LinkedHashSet<>();

    private @Nullable Alarm alarm;
    private @Nullable KeyValueStore<String, ItemProgress> items;
    private @Nullable KeyValueStore<String, JobAggregate> aggregates;
    private @Nullable String sweptTo;

    /**
     * @param retention how long a completed job is kept
     * @param imageRetention how long images are kept; zero for ever. Jobs are kept as long at least
     */
    JobExpiry(Duration retention, Duration imageRetention, Function<ImageDeletion, byte[]> serializer) {
        this.retention = retention.compareTo(imageRetention) < 0 ? imageRetention : retention;
        this.imageRetention = imageRetention;
        this.serializer = serializer;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        super.init(context);
        this.items = context.getStateStore(JobProcessor.ITEMS);
        this.aggregates = context.getStateStore(JobProcessor.AGGREGATES);
        this.alarm = new Alarm(context, this::leave);
        context.schedule(SWEEP, PunctuationType.WALL_CLOCK_TIME, this::sweep);
    }

    /** What happens to a job is the tracker's business, which has had this update before; here, what has to go. */
    @Override
    public void process(Record<String, JobUpdate> record) {
        String jobId = record.key();
        JobUpdate update = record.value();
        JobAggregate job = Objects.requireNonNull(aggregates).get(jobId);
        if (job == null) {
            return;
        }
        Deletion deletion = job.deletion();
        long now = context().currentSystemTimeMs();
        String imageId = update.imageId();
        if (deletion != null && update.command() != null) {
            bury(jobId, now);
            if (!job.isCleared()) {
                leaving.add(jobId);
                leave(now);
            }
        } else if (imageId != null && update.image().mayHaveFiles() && deletion != null) {
            delete(
                    jobId,
                    imageId,
                    update.image().files(),
                    deletion.by(),
                    job.submission().webhook(),
                    now); // late
        } else if (imageId != null && isDeleted(ImageFiler.key(jobId, imageId))) {
            // After ImageFiler, which has seen the same record.
            buryDeleted(
                    jobId, imageId, update.image().deleted() ? job.submission().webhook() : null, now);
        }
    }

    private boolean isDeleted(String key) {
        ItemProgress image = Objects.requireNonNull(items).get(key);
        return image != null && image.deleted();
    }

    /** Looks at some jobs and goes on from there the next time, so that records never wait for all of them. */
    private void sweep(long now) {
        List<String> old = new ArrayList<>();
        List<String> oldImages = new ArrayList<>();
        String last = null;
        try (KeyValueIterator<String, JobAggregate> some =
                Objects.requireNonNull(aggregates).range(sweptTo, null)) {
            for (int i = 0; i < JOBS_PER_SWEEP && some.hasNext(); i++) {
                KeyValue<String, JobAggregate> job = some.next();
                last = job.key;
                long age = now - job.value.updatedAt();
                boolean isCleared = job.value.isCleared();
                if (job.value.isDeleted() && !isCleared) {
                    leaving.add(job.key); // a process ended before it was through
                } else if (!imageRetention.isZero() && !isCleared) {
                    if (age > imageRetention.toMillis()) {
                        oldImages.add(job.key);
                    }
                } else if (age > retentionOf(job.value).toMillis()) {
                    old.add(job.key);
                }
            }
            sweptTo = some.hasNext() ? last : null;
        }
        old.forEach(jobId -> forget(jobId, now));
        int left = IMAGES_PER_SWEEP;
        for (String jobId : oldImages) {
            if (left > 0) {
                left -= deleteImages(jobId, left, now);
            }
        }
        leave(now);
    }

    private Duration retentionOf(JobAggregate job) {
        boolean mayChange = job.state() != JobState.COMPLETED || job.isDeleted();
        return mayChange && retention.compareTo(UNFINISHED) < 0 ? UNFINISHED : retention;
    }

    /**
     * Deletes images of a job that has not changed for as long as images are kept.
     *
     * @return how many
     */
    private int deleteImages(String jobId, int most, long now) {
        KeyValueStore<String, ItemProgress> store = Objects.requireNonNull(items);
        List<KeyValue<String, ItemProgress>> images = new ArrayList<>();
        try (KeyValueIterator<String, ItemProgress> all = JobProcessor.ofJob(jobId, store)) {
            while (all.hasNext() && images.size() < most) {
                KeyValue<String, ItemProgress> part = all.next();
                if (part.value.reached() == PipelineStep.STORED && !part.value.deleted()) {
                    images.add(part);
                }
            }
        }
        for (KeyValue<String, ItemProgress> image : images) {
            store.put(image.key, image.value.asDeleted());
            delete(jobId, imageId(jobId, image.key), image.value.files(), RETENTION, null, now);
        }
        if (images.size() < most) {
            cleared(jobId);
        }
        return images.size();
    }

    private void cleared(String jobId) {
        KeyValueStore<String, JobAggregate> jobs = Objects.requireNonNull(aggregates);
        JobAggregate job = jobs.get(jobId);
        if (job != null) {
            jobs.put(jobId, job.cleared());
        }
    }

    /** Goes on with deleted jobs. */
    private void leave(long now) {
        int left = IMAGES_AT_ONCE;
        for (Iterator<String> jobs = leaving.iterator(); jobs.hasNext() && left > 0; ) {
            String jobId = jobs.next();
            int removed = remove(jobId, left, now);
            if (removed < left) {
                cleared(jobId);
                jobs.remove();
            }
            left -= removed;
        }
        if (!leaving.isEmpty()) {
            Objects.requireNonNull(alarm).setIn(PAUSE);
        }
    }

    /**
     * Removes parts of a deleted job.
     *
     * @return how many
     */
    private int remove(String jobId, int most, long now) {
        JobAggregate job = Objects.requireNonNull(aggregates).get(jobId);
        String by =
                job == null || job.deletion() == null ? null : job.deletion().by();
        Webhook webhook = job == null ? null : job.submission().webhook();
        KeyValueStore<String, ItemProgress> store = Objects.requireNonNull(items);
        List<KeyValue<String, ItemProgress>> parts = new ArrayList<>();
        try (KeyValueIterator<String, ItemProgress> all = JobProcessor.ofJob(jobId, store)) {
            while (all.hasNext() && parts.size() < most) {
                parts.add(all.next());
            }
        }
        for (KeyValue<String, ItemProgress> part : parts) {
            if (part.value.mayHaveFiles() && !part.value.deleted()) {
                delete(jobId, imageId(jobId, part.key), part.value.files(), by, webhook, now);
            }
            store.delete(part.key);
        }
        return parts.size();
    }

    private static String imageId(String jobId, String key) {
        return key.substring(ImageFiler.key(jobId, "").length());
    }

    /**
     * Says that an image is to be deleted, and takes it out of its job's.
     *
     * @param webhook who is told; null for nobody, or where the tracker learns of the deletion again by its topic
     */
    private void delete(
            String jobId,
            String imageId,
            @Nullable StoredFiles files,
            @Nullable String by,
            @Nullable Webhook webhook,
            long now) {
        ImageDeletion deletion = ImageDeletion.newBuilder()
                .setImageId(imageId)
                .setJobId(jobId)
                .setBucket(files == null ? null : files.bucket())
                .setKeys(files == null ? List.of() : files.keys())
                .setDeletedAt(Instant.ofEpochMilli(now))
                .setBy(by)
                .build();
        context().forward(new Record<>(imageId, serializer.apply(deletion), now));
        buryDeleted(jobId, imageId, webhook, now);
    }

    /** Takes an image out of its job's. With a webhook the tombstone says that it was deleted, not only forgotten. */
    private void buryDeleted(String jobId, String imageId, @Nullable Webhook webhook, long now) {
        Headers headers = new RecordHeaders();
        if (webhook != null) {
            webhook.write(headers);
            headers.add(
                    JobHeaders.DELETED_AT, Instant.ofEpochMilli(now).toString().getBytes(StandardCharsets.UTF_8));
        }
        bury(ImageFiler.key(jobId, imageId), now, headers);
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
        bury(key, now, new RecordHeaders());
    }

    private void bury(String key, long now, Headers headers) {
        @SuppressWarnings("NullAway") // a record without a value deletes its key from a compacted topic
        Record<String, byte[]> tombstone = new Record<>(key, null, now, headers);
        context().forward(tombstone);
    }
}
