package org.dallemini.images;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.schemas.Ids;

/**
 * Refused pictures in a bucket of their own, each under its image's id. They lie in a folder, and nothing outside of it
 * is ever touched: a bucket that was named by mistake loses nothing.
 *
 * @param retention how long a picture is kept
 */
record QuarantineBucket(ObjectStore store, Duration retention) implements Quarantine {
    private static final String FOLDER = "refused/";
    private static final String SUFFIX = ".png";
    private static final Pattern KEY = Pattern.compile(FOLDER + "(([^/]+)/\\d{1,9})\\" + SUFFIX);

    private static String key(String imageId) {
        return FOLDER + imageId + SUFFIX;
    }

    /** The image whose picture an object is; empty if it is none. */
    private static Optional<String> imageId(String key) {
        Matcher parts = KEY.matcher(key);
        return parts.matches() && Ids.isValid(parts.group(2)) ? Optional.of(parts.group(1)) : Optional.empty();
    }

    @Override
    public Optional<String> keep(String imageId, Supplier<byte[]> png) throws ObjectStoreException {
        String key = key(imageId);
        if (imageId(key).isEmpty()) {
            return Optional.empty(); // no intake gave it this id
        }
        byte[] file = png.get();
        if (store.create(key, file, "image/png", Map.of()).isEmpty()) {
            store.delete(key);
            store.create(key, file, "image/png", Map.of());
        }
        return Optional.of(store.bucket() + "/" + key);
    }

    @Override
    public void release(String imageId) throws ObjectStoreException {
        String key = key(imageId);
        if (imageId(key).isPresent()) {
            store.delete(key);
        }
    }

    /**
     * Deletes what has lain there long enough, and what belongs to deleted images.
     *
     * @param isDeleted whether an image of this id was deleted
     */
    void sweep(Predicate<String> isDeleted, Instant now) throws ObjectStoreException {
        Instant tooOld = now.minus(retention);
        List<String> leaving = new ArrayList<>();
        store.list(FOLDER, (key, written) -> {
            Optional<String> imageId = imageId(key);
            if (imageId.isPresent() && (written.isBefore(tooOld) || isDeleted.test(imageId.get()))) {
                leaving.add(key);
            }
        });
        for (String key : leaving) {
            store.delete(key);
        }
    }
}
