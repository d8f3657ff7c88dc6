package org.dallemini.objects;

import java.io.InputStream;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** One bucket of an object store. Thread-safe; every call blocks for at most the store's timeouts and never retries. */
public interface ObjectStore extends AutoCloseable {

    /** The bucket's name. */
    String bucket();

    /** Makes sure that the bucket is there, creating it where that is allowed. */
    void ensureBucket() throws ObjectStoreException;

    /**
     * Writes an object if there is none of its key; all of it is there when this returns, or nothing has changed.
     *
     * @param userMetadata names of lower-case letters, digits and {@code -}; values of printable ASCII, 2 KB in all
     * @return empty if there is an object of this key, which stays as it is
     */
    Optional<StoredObject> create(String key, byte[] content, String contentType, Map<String, String> userMetadata)
            throws ObjectStoreException;

    /**
     * The content of an object; the caller closes the stream. {@link ObjectStoreException.Kind#NOT_FOUND} if absent.
     */
    InputStream get(String key) throws ObjectStoreException;

    /** What is known of an object, or empty if there is none of this key. */
    Optional<StoredObject> stat(String key) throws ObjectStoreException;

    /** Deletes the object of this key; nothing happens if there is none. */
    void delete(String key) throws ObjectStoreException;

    /**
     * Tells of all objects whose keys begin so, in no order.
     *
     * @param each is told of the key, and when the object was written by the store's clock
     */
    void list(String prefix, BiConsumer<String, Instant> each) throws ObjectStoreException;

    /** Breaks off calls in progress. */
    @Override
    void close();
}
