package org.dallemini.storage;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
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

    /** Asked after each write, whether nobody hears of it. */
    volatile BooleanSupplier lostAnswers = () -> false;

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
    public Optional<StoredObject> create(
            String key, byte[] content, String contentType, Map<String, String> userMetadata)
            throws ObjectStoreException {
        failIfAsked();
        if (key.contains(POISON)) {
            throw new StackOverflowError("poison");
        }
        if (errors.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new InternalError("asked for");
        }
        puts.incrementAndGet();
        Content written = new Content(content.clone(), contentType, userMetadata);
        boolean isNew = objects.putIfAbsent(key, written) == null;
        if (lostAnswers.getAsBoolean()) {
            throw new ObjectStoreException(Kind.UNAVAILABLE, "The answer is lost", null);
        }
        return isNew ? stat(key) : Optional.empty();
    }

    /** Writes unconditionally, as anybody may. */
    void put(String key, byte[] content, String contentType, Map<String, String> userMetadata) {
        objects.put(key, new Content(content, contentType, userMetadata));
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
                        bucket(), key, etag(o.content()), o.content().length, o.contentType(), o.metadata()));
    }

    @Override
    public void delete(String key) throws ObjectStoreException {
        failIfAsked();
        objects.remove(key);
    }

    @Override
    public void list(String prefix, BiConsumer<String, Instant> each) {
        throw new UnsupportedOperationException("nobody lists images");
    }

    static String etag(byte[] content) {
        return "e-" + Arrays.hashCode(content);
    }

    @Override
    public void close() {
        closed = true;
    }
}
