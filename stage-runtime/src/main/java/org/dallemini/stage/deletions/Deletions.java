package org.dallemini.stage.deletions;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.jspecify.annotations.Nullable;

/** Makes the records of {@code image-deletions}. */
public final class Deletions {
    private Deletions() {}

    /**
     * The keys of an image's files, its own first.
     *
     * @param image as it is stored
     */
    public static List<String> keys(StoredImage image) {
        List<String> keys = new ArrayList<>(List.of(image.getKey()));
        if (image.getRendition() != null) {
            keys.add(image.getRendition().getKey());
        }
        return keys;
    }

    /**
     * Says that a stored image is not wanted any more.
     *
     * @param by who says so; null if that is not known
     * @param reason for people; null if there is none
     */
    public static ImageDeletion of(StoredImage image, Instant at, @Nullable String by, @Nullable String reason) {
        ImageRequest request = image.getRequest();
        return ImageDeletion.newBuilder(ofRefused(request.getImageId(), request.getJobId(), at, by, reason))
                .setBucket(image.getBucket())
                .setKeys(keys(image))
                .build();
    }

    /**
     * The same of an image that the image filter has refused: it may lie in quarantine, and somebody may release it.
     */
    public static ImageDeletion ofRefused(
            String imageId, String jobId, Instant at, @Nullable String by, @Nullable String reason) {
        return ImageDeletion.newBuilder()
                .setImageId(imageId)
                .setJobId(jobId)
                .setDeletedAt(at)
                .setBy(by)
                .setReason(reason)
                .build();
    }
}
