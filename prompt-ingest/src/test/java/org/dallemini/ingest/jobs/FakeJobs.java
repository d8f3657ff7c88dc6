package org.dallemini.ingest.jobs;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.jspecify.annotations.Nullable;

/** Jobs of a map. */
public final class FakeJobs implements Jobs {
    private final Map<String, JobStatus> known = new ConcurrentSkipListMap<>();
    private final Map<String, StoredImage> images = new ConcurrentSkipListMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean isAway;

    public void put(JobStatus job) {
        known.put(job.getJobId(), job);
    }

    public void forget(String jobId) {
        known.remove(jobId);
    }

    public void put(StoredImage image) {
        images.put(
                ImageFiler.key(image.getRequest().getJobId(), image.getRequest().getImageId()), image);
    }

    public void forgetImages() {
        images.clear();
    }

    /** Whether nobody can tell. */
    public void isAway(boolean isAway) {
        this.isAway = isAway;
    }

    public int asked() {
        return asked.get();
    }

    private void ask() {
        asked.incrementAndGet();
        if (isAway) {
            throw new JobsUnavailableException("away", new IllegalStateException());
        }
    }

    @Override
    public Optional<JobStatus> find(String jobId) {
        ask();
        return Optional.ofNullable(known.get(jobId));
    }

    @Override
    public Page list(Predicate<JobStatus> filter, @Nullable String after, int limit) {
        ask();
        List<JobStatus> found = known.values().stream()
                .filter(job -> after == null || job.getJobId().compareTo(after) > 0)
                .filter(filter)
                .limit(limit)
                .toList();
        return new Page(found, found.size() == limit ? found.get(limit - 1).getJobId() : null);
    }

    @Override
    public ImagePage images(String jobId, @Nullable String after, int limit, Predicate<String> wanted) {
        ask();
        String prefix = ImageFiler.key(jobId, "");
        List<StoredImage> found = images.entrySet().stream()
                .filter(image -> image.getKey().startsWith(prefix))
                .filter(image -> after == null || image.getKey().compareTo(prefix + after) > 0)
                .filter(image -> wanted.test(image.getKey().substring(prefix.length())))
                .limit(limit)
                .map(Map.Entry::getValue)
                .toList();
        return new ImagePage(
                found, found.size() == limit ? found.get(limit - 1).getRequest().getImageId() : null);
    }

    @Override
    public Optional<StoredImage> image(String jobId, String imageId) {
        ask();
        return Optional.ofNullable(images.get(ImageFiler.key(jobId, imageId)));
    }
}
