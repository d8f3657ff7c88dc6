package org.dallemini.images;

import java.util.Optional;
import java.util.function.Supplier;
import org.dallemini.objects.ObjectStoreException;

/** What becomes of pictures that the image filter refuses. Thread-safe; whatever is done may be repeated. */
interface Quarantine extends AutoCloseable {
    /** Where no such picture is kept. */
    Quarantine NONE = new Quarantine() {
        @Override
        public Optional<String> keep(String imageId, Supplier<byte[]> png) {
            return Optional.empty();
        }

        @Override
        public void release(String imageId) {}
    };

    /**
     * Keeps a picture that was refused, in place of an earlier one of the same image.
     *
     * @param png makes its file
     * @return where it lies, for people; empty if it is not kept
     */
    Optional<String> keep(String imageId, Supplier<byte[]> png) throws ObjectStoreException;

    /** The image may leave: its picture is kept no more. */
    void release(String imageId) throws ObjectStoreException;

    /** Why pictures stay longer than they should at present, for people; empty if they do not. */
    default String trouble() {
        return "";
    }

    @Override
    default void close() {}
}
