package org.dallemini.storage;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dallemini.events.ImageDeletion;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of an image that was deleted, as far as they may be deleted from a bucket. */
final class ImageFiles {
    private static final Logger log = LoggerFactory.getLogger(ImageFiles.class);

    /** The image and its rendition; more than any version has written. */
    private static final int MAX_KEYS = 8;

    private static final int MAX_KEY_LENGTH = 1024;

    /** Folders and names as {@link ObjectKeyTemplate} makes them. */
    private static final Pattern SEGMENT = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9!_.*'()=@,+-]+");

    private ImageFiles() {}

    /**
     * Keys that a deletion names and that can be those of its image: whatever the template, the key of an image's file
     * holds the prompt's id in one of its folders or its name, and the index too. None if they lie in another bucket.
     */
    static List<String> keys(ImageDeletion deletion, String bucket) {
        String imageId = deletion.getImageId();
        int slash = imageId.lastIndexOf('/');
        if (slash < 1 || !imageId.substring(slash + 1).matches("\\d{1,9}") || !bucket.equals(deletion.getBucket())) {
            return List.of();
        }
        String prompt = imageId.substring(0, slash);
        String index = imageId.substring(slash + 1);
        return deletion.getKeys().stream()
                .filter(key -> key.length() <= MAX_KEY_LENGTH)
                .filter(key ->
                        segments(key).allMatch(one -> SEGMENT.matcher(one).matches()))
                .filter(key -> segments(key).anyMatch(one -> one.contains(prompt)))
                .filter(key -> segments(key).anyMatch(one -> one.contains(index)))
                .limit(MAX_KEYS)
                .toList();
    }

    private static Stream<String> segments(String key) {
        return Arrays.stream(key.split("/", -1));
    }

    /** Deletes them, and the JSON file beside the image. Once more does no harm. */
    static void delete(ImageDeletion deletion, ObjectStore store) throws ObjectStoreException {
        List<String> keys = keys(deletion, store.bucket());
        for (String key : keys) {
            deleteIfPossible(store, key);
        }
        for (String key : keys) {
            String beside = key + UniqueKeys.SIDECAR;
            // Without sidecars, another image may have this key.
            if (beside.length() <= MAX_KEY_LENGTH
                    && store.stat(beside)
                            .filter(file -> file.contentType().equals(Sidecar.CONTENT_TYPE))
                            .isPresent()) {
                store.delete(beside);
            }
        }
    }

    /** A key that no object can have has none. */
    private static void deleteIfPossible(ObjectStore store, String key) throws ObjectStoreException {
        try {
            store.delete(key);
        } catch (ObjectStoreException e) {
            if (e.kind() != Kind.REFUSED) {
                throw e;
            }
            log.warn("{}", e.getMessage());
        }
    }
}
