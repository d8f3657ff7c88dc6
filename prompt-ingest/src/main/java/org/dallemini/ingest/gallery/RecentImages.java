package org.dallemini.ingest.gallery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.jspecify.annotations.Nullable;

/** The images that were stored last, in memory: what is known of each, not the picture. Thread-safe. */
public final class RecentImages {
    private static final ImagePrefix SOME_PREFIX = new ImagePrefix(null, null, null);

    private final int most;
    private final NavigableMap<Place, StoredImage> images = new ConcurrentSkipListMap<>();
    private final Map<String, Place> places = new HashMap<>();
    private volatile boolean complete;

    /** @param most images that are kept; the oldest go */
    public RecentImages(int most) {
        this.most = most;
    }

    /** @param next go on behind this place; null if there is nothing more */
    public record Page(List<StoredImage> images, @Nullable String next) {
        public Page {
            images = List.copyOf(images);
        }
    }

    /** Takes an image in, in the place of what was known of it; any order will do. */
    public synchronized void add(StoredImage image) {
        Place place = Place.of(image);
        Place earlier = places.put(place.imageId(), place);
        if (earlier != null) {
            images.remove(earlier);
        }
        images.put(place, withoutPrefix(image));
        if (images.size() > most) {
            places.remove(images.pollLastEntry().getKey().imageId());
        }
    }

    /** That there is one must remain known; it may be as large as a picture. */
    private static StoredImage withoutPrefix(StoredImage image) {
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
        complete = true;
    }

    /** Whether what was stored before this process started is there too, as far as it is kept. */
    public boolean isComplete() {
        return complete;
    }

    /** Whether a text is the {@link Page#next} of some page. */
    public static boolean isPlace(String text) {
        return Place.parse(text).isPresent();
    }

    /**
     * Images, the newest first.
     *
     * @param after only images behind this place; null for all
     * @param limit most images to return
     */
    public Page newest(Predicate<StoredImage> filter, @Nullable String after, int limit) {
        NavigableMap<Place, StoredImage> some =
                after == null ? images : images.tailMap(Place.parse(after).orElseThrow(), false);
        List<StoredImage> found = new ArrayList<>();
        for (StoredImage image : some.values()) {
            if (filter.test(image)) {
                if (found.size() == limit) {
                    return new Page(found, Place.of(found.get(limit - 1)).toString());
                }
                found.add(image);
            }
        }
        return new Page(found, null);
    }

    /** The image that was stored last; empty if none is known. */
    public Optional<StoredImage> last() {
        Map.Entry<Place, StoredImage> first = images.firstEntry();
        return first == null ? Optional.empty() : Optional.of(first.getValue());
    }

    int size() {
        return images.size();
    }
}
