package org.dallemini.ingest.gallery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.jobs.Jobs.ImagePage;
import org.dallemini.ingest.jobs.NewestFirst;
import org.dallemini.ingest.jobs.NewestFirst.Place;
import org.jspecify.annotations.Nullable;

/** The images that were stored last, in memory: what is known of each, not the picture. Thread-safe. */
public final class RecentImages {
    private static final ImagePrefix SOME_PREFIX = new ImagePrefix(null, null, null);
    private static final Pattern CURSOR = Pattern.compile("(\\d{1,15})\\.([A-Za-z0-9._-]{1,128}/\\d{1,5})");

    private final NewestFirst<StoredImage> images;

    /** @param max images that are kept; the oldest go */
    public RecentImages(int max) {
        this.images = new NewestFirst<>(max);
    }

    /** Takes an image in, in the place of what was known of it; any order will do. */
    public void add(StoredImage image) {
        StageTiming timing = image.getStoreTiming();
        long storedAt = timing.getStartedAt().toEpochMilli() + timing.getDurationMillis();
        images.put(new Place(storedAt, image.getRequest().getImageId()), withoutPrefix(image));
    }

    /** That there is one must remain known; it may be as large as a picture. */
    static StoredImage withoutPrefix(StoredImage image) {
        ImageRequest request = image.getRequest();
        return request.getPrefix() == null
                ? image
                : StoredImage.newBuilder(image)
                        .setRequest(ImageRequest.newBuilder(request)
                                .setPrefix(SOME_PREFIX)
                                .build())
                        .build();
    }

    /** All that had been stored when this process started is there. */
    void complete() {
        images.complete();
    }

    /** Whether what was stored before this process started is there too, as far as it is kept. */
    public boolean isComplete() {
        return images.isComplete();
    }

    /** Whether a text is the {@link ImagePage#next} of some page. */
    public static boolean isPlace(String text) {
        return Place.parse(text, CURSOR).isPresent();
    }

    /**
     * Images, the newest first.
     *
     * @param after only images behind this place; null for all
     * @param limit most images to return
     */
    public ImagePage newest(Predicate<StoredImage> filter, @Nullable String after, int limit) {
        Place start = after == null ? null : Place.parse(after, CURSOR).orElseThrow();
        List<StoredImage> found = new ArrayList<>();
        String last = "";
        for (Map.Entry<Place, StoredImage> image : images.behind(start).entrySet()) {
            if (filter.test(image.getValue())) {
                if (found.size() == limit) {
                    return new ImagePage(found, last);
                }
                found.add(image.getValue());
                last = image.getKey().time() + "." + image.getKey().id();
            }
        }
        return new ImagePage(found, null);
    }

    /** An image of those that are kept. */
    public Optional<StoredImage> find(String imageId) {
        return images.find(imageId);
    }

    /** Forgets an image that was deleted. */
    public void forget(String imageId) {
        images.remove(imageId);
    }

    /** The image that was stored last; empty if none is known. */
    public Optional<StoredImage> last() {
        return images.behind(null).values().stream().findFirst();
    }

    int size() {
        return images.size();
    }
}
