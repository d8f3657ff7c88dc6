package org.dallemini.storage;

/** Knows which images have been deleted. Thread-safe. */
interface DeletionGuard extends AutoCloseable {
    /** Of a bucket from which nothing was ever deleted. */
    DeletionGuard NOTHING = new DeletionGuard() {
        @Override
        public boolean isDeleted(String imageId) {
            return false;
        }

        @Override
        public boolean wasDeletedByNow(String imageId) {
            return false;
        }
    };

    /**
     * Whether the image was deleted, as far as this process has heard: all that was deleted before it started, at
     * least.
     *
     * @throws DeletionsUnknownException if that much is not known yet
     */
    boolean isDeleted(String imageId) throws DeletionsUnknownException, InterruptedException;

    /**
     * Whether the image was deleted before this is called, by whomever. What is deleted later, is deleted by who then
     * finds it in the bucket.
     *
     * @throws DeletionsUnknownException if nobody can tell at present
     */
    boolean wasDeletedByNow(String imageId) throws DeletionsUnknownException, InterruptedException;

    /** Why deletions are not heard of or not done at present, for people; empty if they are. */
    default String trouble() {
        return "";
    }

    @Override
    default void close() {}
}
