package org.dallemini.storage;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.StoredObject;
import org.jspecify.annotations.Nullable;

/** One checked image on its way into the store: all that is written follows from the record, so it can be repeated. */
final class Upload {
    private final GeneratedImage image;
    private final String key;
    private final byte[] content;
    private final Map<String, String> metadata;
    private final @Nullable ExtraObject sidecar;

    /** @param sidecar written before the image, so that an image never lacks it */
    Upload(
            GeneratedImage image,
            String key,
            byte[] content,
            Map<String, String> metadata,
            @Nullable ExtraObject sidecar) {
        this.image = image;
        this.key = key;
        this.content = content;
        this.metadata = metadata;
        this.sidecar = sidecar;
    }

    /** A second object that belongs to an image. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record ExtraObject(String key, byte[] content, String contentType) {}

    /** Writes the image, and returns the event that says so. */
    StoredImage to(ObjectStore store, Clock clock) throws ObjectStoreException {
        Instant start = clock.instant();
        if (sidecar != null) {
            store.put(sidecar.key(), sidecar.content(), sidecar.contentType(), Map.of());
        }
        StoredObject object = store.put(key, content, image.getContentType(), metadata);
        return StoredImage.newBuilder()
                .setRequest(image.getRequest())
                .setBucket(object.bucket())
                .setKey(object.key())
                .setEtag(object.etag())
                .setContentType(image.getContentType())
                .setSize(content.length)
                .setSha256(image.getSha256())
                .setWidth(image.getWidth())
                .setHeight(image.getHeight())
                .setTokenModel(image.getTokenModel())
                .setDecoderModel(image.getDecoderModel())
                .setTokenTiming(image.getTokenTiming())
                .setDecodeTiming(image.getDecodeTiming())
                .setStoreTiming(StageTiming.newBuilder()
                        .setStartedAt(start)
                        .setDurationMillis(clock.millis() - start.toEpochMilli())
                        .build())
                .build();
    }
}
