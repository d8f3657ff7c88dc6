package org.dallemini.embedded;

import org.jspecify.annotations.Nullable;

/** An embedded server cannot start; the message says which, why and what to do. */
public sealed class EmbeddedServerException extends RuntimeException permits DataDirInUseException, PortInUseException {

    public EmbeddedServerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
