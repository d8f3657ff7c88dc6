package org.dallemini.serde;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * The schema registry did not do what it was asked: it refused a schema, does not know a subject, or could not be
 * reached ({@link RegistryUnavailableException}). Never the fault of a single record.
 */
public sealed class RegistryException extends SerializationException permits RegistryUnavailableException {
    private final int status;
    private final int errorCode;

    RegistryException(int status, int errorCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.errorCode = errorCode;
    }

    /** The HTTP status, 0 if there was no answer. */
    public int status() {
        return status;
    }

    /** The registry's own code, for example 40401 for an unknown subject; the HTTP status where it sent none. */
    public int errorCode() {
        return errorCode;
    }

    /**
     * The registry itself says that it has no such subject, version, schema or setting. False for a bare 404, which
     * comes from a wrong address rather than from a registry.
     */
    public boolean isNotFound() {
        return status == 404 && errorCode / 100 == 404;
    }
}
