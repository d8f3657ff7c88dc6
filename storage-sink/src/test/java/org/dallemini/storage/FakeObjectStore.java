package org.dallemini.storage;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.dallemini.objects.StoredObject;
import org.jspecify.annotations.Nullable;

/** A bucket in memory that can be made to fail. */
final class FakeObjectStore implements ObjectStore {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Content(byte[] content, String contentType, Map<String, String> metadata) {}

    private final Map<String, Content> objects = new ConcurrentHashMap<>();
    private volatile @Nullable Kind failure;
    final AtomicInteger puts = new AtomicInteger();
    final AtomicInteger failures = new AtomicInteger();
    volatile boolean closed;

    /** Part of the keys of objects that make the store's code fail. */
    static final String POISON = "poison";

    /** How many more writes end by an error that is neither a record's fault nor the store's. */
    final AtomicInteger errors = new AtomicInteger();

    void failWith(@Nullable Kind kind) {
        failure = kind;
    }

    Content object(String key) {
        return requireNonNull(objects.get(key), key);
    }

    int size() {
        return objects.size();
    }

    @Override
    public String bucket() {
        return "images";
    }

    @Override
    public void ensureBucket() throws ObjectStoreException {
        failIfAsked();
    }

    private void failIfAsked() throws ObjectStoreException {
        Kind kind = failure;
        if (kind != null) {
            failures.incrementAndGet();
            throw new ObjectStoreException(kind, "The store is " + kind, null);
        }
    }

    @Override
    public StoredObject put(String key, byte[] content, String contentType, Map<String, String> userMetadata)
            throws ObjectStoreException {
        failIfAsked();
        if (key.contains(POISON)) {
            throw new StackOverflowError("poison");
        }
        if (errors.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new InternalError("asked for");
        }
        puts.incrementAndGet();
        objects.put(key, new Content(content, contentType, userMetadata));
        return new StoredObject(bucket(), key, "e-" + content.length, content.length, contentType, userMetadata);
    }

    @Override
    public InputStream get(String key) throws ObjectStoreException {
        failIfAsked();
        return new ByteArrayInputStream(object(key).content());
    }

    @Override
    public Optional<StoredObject> stat(String key) throws ObjectStoreException {
        failIfAsked();
        return Optional.ofNullable(objects.get(key))
                .map(o -> new StoredObject(
                        bucket(), key, "e-" + o.content().length, o.content().length, o.contentType(), o.metadata()));
    }

    @Override
    public void close() {
        closed = true;
    }
}
