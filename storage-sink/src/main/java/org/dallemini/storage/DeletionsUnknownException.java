package org.dallemini.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Nobody can tell at present which images have been deleted; it passes. */
final class DeletionsUnknownException extends IOException {
    private static final long serialVersionUID = 1L;

    DeletionsUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
