package org.dallemini.ingest.api;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.dallemini.objects.StoredObject;

/** A bucket in memory. */
final class MapStore implements ObjectStore {
    private final Map<String, byte[]> objects = new HashMap<>();
    private boolean isAway;

    /** Whether nothing answers. */
    void isAway(boolean isAway) {
        this.isAway = isAway;
    }

    @Override
    public String bucket() {
        return "images";
    }

    @Override
    public void ensureBucket() {}

    @Override
    public Optional<StoredObject> create(
            String key, byte[] content, String contentType, Map<String, String> userMetadata) {
        return objects.putIfAbsent(key, content.clone()) != null
                ? Optional.empty()
                : Optional.of(new StoredObject(bucket(), key, "tag", content.length, contentType, userMetadata));
    }

    @Override
    public InputStream get(String key) throws ObjectStoreException {
        if (isAway) {
            throw new ObjectStoreException(Kind.UNAVAILABLE, "away", null);
        }
        byte[] content = objects.get(key);
        if (content == null) {
            throw new ObjectStoreException(Kind.NOT_FOUND, "no " + key, null);
        }
        return new ByteArrayInputStream(content);
    }

    @Override
    public Optional<StoredObject> stat(String key) {
        return Optional.ofNullable(objects.get(key))
                .map(content -> new StoredObject(bucket(), key, "tag", content.length, "image/png", Map.of()));
    }

    @Override
    public void delete(String key) {
        objects.remove(key);
    }

    @Override
    public void list(String prefix, BiConsumer<String, Instant> each) {
        throw new UnsupportedOperationException("nobody lists images");
    }

    @Override
    public void close() {}
}
