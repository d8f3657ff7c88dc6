package org.dallemini.ingest.jobs;

import java.util.List;
import java.util.Optional;
import org.dallemini.events.StoredImage;
import org.dallemini.stage.deletions.Deletions;

/**
 * Where the files of an image lie.
 *
 * @param keys the image's own first
 */
record StoredFiles(String bucket, List<String> keys) {
    private static final int MAX_BUCKET = 255;
    private static final int MAX_KEY = 1024;

    StoredFiles {
        keys = List.copyOf(keys);
    }

    /** Empty if no sink has written that: these are kept of every image, and must be small. */
    static Optional<StoredFiles> of(StoredImage image) {
        StoredFiles files = new StoredFiles(image.getBucket(), Deletions.keys(image));
        boolean isSensible =
                files.bucket.length() <= MAX_BUCKET && files.keys.stream().allMatch(key -> key.length() <= MAX_KEY);
        return isSensible ? Optional.of(files) : Optional.empty();
    }
}
