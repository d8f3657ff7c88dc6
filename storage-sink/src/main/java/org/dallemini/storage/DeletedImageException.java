package org.dallemini.storage;

/** Somebody deleted the image, and it must not come back. */
final class DeletedImageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeletedImageException(String message) {
        super(message);
    }
}
