package org.dallemini.ingest.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.jspecify.annotations.Nullable;

/** Answers from the local copies of the topics {@code jobs} and {@code job-images}. */
final class JobsView implements Jobs {
    /** A query that finds little ends here and says where to go on: its time is bounded however many jobs there are. */
    private static final int MAX_SCANNED = 10_000;

    private final View<JobStatus> jobs;
    private final View<StoredImage> images;

    JobsView(View<JobStatus> jobs, View<StoredImage> images) {
        this.jobs = jobs;
        this.images = images;
    }

    @Override
    public Optional<JobStatus> find(String jobId) {
        return jobs.find(jobId);
    }

    @Override
    public Page list(Predicate<JobStatus> filter, @Nullable String after, int limit) {
        return jobs.ask(store -> {
            List<JobStatus> found = new ArrayList<>();
            String last = null;
            try (KeyValueIterator<String, byte[]> all = store.range(after, null)) {
                for (int i = 0; i < MAX_SCANNED && found.size() < limit && all.hasNext(); i++) {
                    KeyValue<String, byte[]> job = all.next();
                    last = job.key;
                    if (!job.key.equals(after)) {
                        jobs.read(job.value).filter(filter).ifPresent(found::add);
                    }
                }
                return new Page(found, all.hasNext() ? last : null);
            }
        });
    }

    @Override
    public Optional<StoredImage> image(String jobId, String imageId) {
        return images.find(ImageFiler.key(jobId, imageId));
    }

    @Override
    public ImagePage images(String jobId, @Nullable String after, int limit, Predicate<String> wanted) {
        String prefix = ImageFiler.key(jobId, "");
        return images.ask(store -> {
            List<StoredImage> found = new ArrayList<>();
            String last = null;
            try (KeyValueIterator<String, byte[]> some = after == null
                    ? store.prefixScan(prefix, new StringSerializer())
                    : store.range(prefix + after, null)) {
                for (int i = 0; some.hasNext(); i++) {
                    KeyValue<String, byte[]> image = some.next();
                    if (!image.key.startsWith(prefix)) {
                        break; // another job's
                    }
                    if (found.size() == limit || i == MAX_SCANNED) {
                        return new ImagePage(found, last);
                    }
                    last = image.key.substring(prefix.length());
                    if (!last.equals(after) && wanted.test(last)) {
                        images.read(image.value).ifPresent(found::add);
                    }
                }
                return new ImagePage(found, null);
            }
        });
    }
}
