package org.dallemini.ingest.gallery;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.common.errors.TimeoutException;
import org.dallemini.events.StoredImage;

/** A journal in memory. */
public final class FakeJournal implements Favourites.Journal {
    private final Map<String, StoredImage> images = new LinkedHashMap<>();
    private boolean isAway;

    /** Favourites of which all are known that were marked before: none. */
    public Favourites favourites() {
        Favourites favourites = new Favourites(this);
        favourites.complete(imageId -> false);
        return favourites;
    }

    public void isAway(boolean is) {
        isAway = is;
    }

    public Map<String, StoredImage> images() {
        return images;
    }

    @Override
    public Future<?> write(String key, StoredImage image) {
        refuseIfAway();
        images.put(key, image);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Future<?> forget(String key) {
        refuseIfAway();
        images.remove(key);
        return CompletableFuture.completedFuture(null);
    }

    private void refuseIfAway() {
        if (isAway) {
            throw new TimeoutException("away");
        }
    }
}
