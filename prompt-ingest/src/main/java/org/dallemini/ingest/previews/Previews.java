package org.dallemini.ingest.previews;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.dallemini.events.ImagePreview;

/**
 * What is known of images that are being drawn: the last preview of each, in memory, until the image is stored, for
 * some minutes at most. Thread-safe.
 */
public final class Previews {
    /** Images of which something is kept; the oldest go. */
    static final int MAX_PREVIEWS = 4096;

    /** Tokens of an image; larger ones are not shown. */
    static final int MAX_TOKENS = 64 * 64;

    static final long MAX_AGE_NANOS = 300_000_000_000L;

    private final LongSupplier nanoTime;
    private final Map<String, Kept> latest = new LinkedHashMap<>();
    private final Map<Subscription, String> subscriptions = new ConcurrentHashMap<>();

    /** @param nanoTime {@link System#nanoTime} */
    public Previews(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Kept(ImagePreview preview, long nanos) {}

    /** Somebody who watches a job; to be closed by them. */
    public final class Subscription implements AutoCloseable {
        private final Consumer<ImagePreview> listener;

        private Subscription(Consumer<ImagePreview> listener) {
            this.listener = listener;
        }

        @Override
        public void close() {
            subscriptions.remove(this);
        }
    }

    /** Takes what is known now of an image; what makes no sense is left out. */
    public void add(ImagePreview preview) {
        if (!isUsable(preview)) {
            return;
        }
        synchronized (this) {
            latest.remove(preview.getImageId());
            latest.put(preview.getImageId(), new Kept(preview, nanoTime.getAsLong()));
            forgetOld();
        }
        subscriptions.forEach((subscription, jobId) -> {
            if (jobId.equals(preview.getJobId())) {
                subscription.listener.accept(preview);
            }
        });
    }

    private static boolean isUsable(ImagePreview preview) {
        int bytes = preview.getTokens().remaining();
        long tokens = (long) preview.getRows() * preview.getColumns();
        return preview.getRows() > 0
                && preview.getColumns() > 0
                && tokens <= MAX_TOKENS
                && bytes > 0
                && bytes % Short.BYTES == 0
                && bytes <= Short.BYTES * tokens;
    }

    private void forgetOld() {
        long now = nanoTime.getAsLong();
        for (Iterator<Kept> oldest = latest.values().iterator(); oldest.hasNext(); ) {
            boolean isOld = now - oldest.next().nanos > MAX_AGE_NANOS;
            if (!isOld && latest.size() <= MAX_PREVIEWS) {
                break;
            }
            oldest.remove();
        }
    }

    /** Forgets an image: it is stored. */
    public synchronized void forget(String imageId) {
        latest.remove(imageId);
    }

    /** What is known of an image of a job. */
    public synchronized Optional<ImagePreview> find(String jobId, String imageId) {
        forgetOld();
        Kept kept = latest.get(imageId);
        return kept == null || !kept.preview.getJobId().equals(jobId) ? Optional.empty() : Optional.of(kept.preview);
    }

    /**
     * Passes the previews of a job to a listener: those that are known, and all that follow.
     *
     * @param listener must not block: others wait behind it
     */
    public Subscription watch(String jobId, Consumer<ImagePreview> listener) {
        Subscription subscription = new Subscription(listener);
        List<ImagePreview> known = new ArrayList<>();
        synchronized (this) {
            subscriptions.put(subscription, jobId);
            forgetOld();
            latest.values().stream()
                    .map(Kept::preview)
                    .filter(preview -> preview.getJobId().equals(jobId))
                    .forEach(known::add);
        }
        known.forEach(listener);
        return subscription;
    }

    synchronized int size() {
        return latest.size();
    }
}
