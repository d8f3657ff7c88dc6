package org.dallemini.storage;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.dallemini.objects.StoredObject;
import org.dallemini.renditions.RenderedImage;
import org.dallemini.renditions.Rendition;
import org.dallemini.schemas.Hashes;
import org.jspecify.annotations.Nullable;

/**
 * One checked image on its way into the store. All that is written follows from the record, and nothing that lies there
 * is replaced, so it can be repeated.
 */
final class Upload {
    /** Far more than an image has. */
    private static final int MOST_BYTES = 1 << 26;

    /** Metadata of a second file: the SHA-256 of the image's file, and its own. */
    private static final String RENDITION_OF = "rendition-of", RENDITION_SHA256 = "sha256";

    private final GeneratedImage image;
    private final String key;
    private final byte[] content;
    private final @Nullable String sidecarKey;
    private final @Nullable Second second;

    /** The second file that is wanted of an image. */
    record Second(String key, Rendition wanted, OutputFiles files) {}

    /**
     * @param sidecarKey null for none
     * @param second null for none
     */
    Upload(GeneratedImage image, String key, byte[] content, @Nullable String sidecarKey, @Nullable Second second) {
        this.image = image;
        this.key = key;
        this.content = content;
        this.sidecarKey = sidecarKey;
        this.second = second;
    }

    /**
     * Writes the image, and returns the event that says so. If the same image lies there already, the event tells of
     * that one, which another drawing may have made.
     *
     * @throws ObjectExistsException if something else lies there
     */
    StoredImage to(ObjectStore store, Clock clock) throws ObjectStoreException {
        Instant start = clock.instant();
        Map<String, String> metadata = ObjectMetadata.of(image);
        Optional<StoredObject> created = store.create(key, content, image.getContentType(), metadata);
        StoredObject object = created.isPresent() ? created.get() : find(store, key);
        GeneratedImage stored = created.isPresent() ? image : imageIn(object, store);
        if (sidecarKey != null) {
            // After the image: whose key it is shows there.
            addSidecar(store, sidecarKey, stored);
        }
        return StoredImage.newBuilder()
                .setRequest(stored.getRequest())
                .setBucket(object.bucket())
                .setKey(object.key())
                .setEtag(object.etag())
                .setContentType(stored.getContentType())
                .setSize(object.size())
                .setSha256(stored.getSha256())
                .setWidth(stored.getWidth())
                .setHeight(stored.getHeight())
                .setTokenModel(stored.getTokenModel())
                .setDecoderModel(stored.getDecoderModel())
                .setTokenTiming(stored.getTokenTiming())
                .setDecodeTiming(stored.getDecodeTiming())
                .setStoreTiming(StageTiming.newBuilder()
                        .setStartedAt(start)
                        .setDurationMillis(clock.millis() - start.toEpochMilli())
                        .build())
                .setVerdict(stored.getVerdict())
                .setRendition(second == null ? null : addRendition(store, second, stored))
                .build();
    }

    /** Made of what is stored, which another drawing may have made. */
    private StoredRendition addRendition(ObjectStore store, Second second, GeneratedImage stored)
            throws ObjectStoreException {
        String of = stored.getSha256();
        byte[] original = of.equalsIgnoreCase(image.getSha256()) ? content : read(store, key, MOST_BYTES);
        RenderedImage rendered = second.files().make(original, second.wanted());
        String contentType = rendered.format().contentType();
        StoredRendition.Builder rendition = StoredRendition.newBuilder()
                .setKey(second.key())
                .setContentType(contentType)
                .setWidth(rendered.width())
                .setHeight(rendered.height())
                .setMade(rendered.made());
        String sha256 = Hashes.hex(rendered.content());
        Map<String, String> metadata = Map.of(RENDITION_OF, of, RENDITION_SHA256, sha256);
        Optional<StoredObject> created = store.create(second.key(), rendered.content(), contentType, metadata);
        if (created.isPresent()) {
            return rendition
                    .setEtag(created.get().etag())
                    .setSize(created.get().size())
                    .setSha256(sha256)
                    .build();
        }
        // Of the same image, and so of the same pixels, though another JVM may have compressed them otherwise.
        StoredObject there = find(store, second.key());
        Map<String, String> known = there.userMetadata();
        if (!of.equals(known.get(RENDITION_OF)) || !known.containsKey(RENDITION_SHA256)) {
            throw new ObjectExistsException("Another object lies under " + second.key() + " and stays as it is: "
                    + ObjectMetadata.describe(there) + ". Delete it and replay this letter.");
        }
        return rendition
                .setEtag(there.etag())
                .setSize(there.size())
                .setSha256(known.get(RENDITION_SHA256))
                .build();
    }

    /**
     * Deletes what {@link #to} may have written. Anything else that lies under the image's key, and what lies beside
     * it, stays.
     */
    void takeBack(ObjectStore store) throws ObjectStoreException {
        Optional<StoredObject> there = store.stat(key);
        if (there.isPresent() && !isThisImage(there.get(), store)) {
            return;
        }
        if (second != null) {
            deleteIf(store, second.key(), file -> file.userMetadata().containsKey(RENDITION_OF));
        }
        if (sidecarKey != null) {
            deleteIf(store, sidecarKey, file -> file.contentType().equals(Sidecar.CONTENT_TYPE));
        }
        if (there.isPresent()) {
            store.delete(key);
        }
    }

    private boolean isThisImage(StoredObject object, ObjectStore store) throws ObjectStoreException {
        try {
            imageIn(object, store);
            return true;
        } catch (ObjectExistsException e) {
            return false;
        }
    }

    private static void deleteIf(ObjectStore store, String key, Predicate<StoredObject> condition)
            throws ObjectStoreException {
        if (store.stat(key).filter(condition).isPresent()) {
            store.delete(key);
        }
    }

    private static StoredObject find(ObjectStore store, String key) throws ObjectStoreException {
        return store.stat(key)
                .orElseThrow(() -> new ObjectStoreException(
                        Kind.UNAVAILABLE, key + " was there and is gone: somebody deletes from this bucket", null));
    }

    /** @throws ObjectExistsException if it is another image, or none */
    private GeneratedImage imageIn(StoredObject object, ObjectStore store) throws ObjectStoreException {
        Optional<String> request = ObjectMetadata.request(object);
        if (request.isPresent() && request.get().equals(RequestHash.of(image.getRequest()))) {
            return ObjectMetadata.imageIn(object, image);
        }
        // Earlier versions did not say what was asked for, and some stores keep no metadata.
        if (request.isEmpty() && object.size() == content.length && holdsContent(store)) {
            return image;
        }
        throw new ObjectExistsException("Another object lies under " + key + " and stays as it is: "
                + ObjectMetadata.describe(object)
                + ". Publish this image under an id of its own, or delete that object and replay this letter.");
    }

    private boolean holdsContent(ObjectStore store) throws ObjectStoreException {
        return Hashes.hex(read(store, key, content.length)).equalsIgnoreCase(image.getSha256());
    }

    private static void addSidecar(ObjectStore store, String sidecarKey, GeneratedImage stored)
            throws ObjectStoreException {
        byte[] sidecar = Sidecar.of(stored);
        if (store.create(sidecarKey, sidecar, Sidecar.CONTENT_TYPE, Map.of()).isEmpty()
                && !Sidecar.isOf(read(store, sidecarKey, Sidecar.MAX_BYTES), stored.getSha256())) {
            throw new ObjectExistsException("Something else than the JSON of this image lies under " + sidecarKey
                    + " and stays as it is: delete it and replay this letter, or publish this image under an id of its"
                    + " own.");
        }
    }

    /** The first bytes of an object. */
    private static byte[] read(ObjectStore store, String key, int most) throws ObjectStoreException {
        try (InputStream in = store.get(key)) {
            return in.readNBytes(most);
        } catch (ObjectStoreException e) {
            throw e;
        } catch (IOException e) {
            throw new ObjectStoreException(Kind.UNAVAILABLE, "Cannot read " + key + ": " + e.getMessage(), e);
        }
    }
}
