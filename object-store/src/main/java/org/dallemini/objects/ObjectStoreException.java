package org.dallemini.objects;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A call to the object store failed; the message says which store, what it answered and what to do. */
public final class ObjectStoreException extends IOException {

    /** What a caller can do about it. */
    public enum Kind {
        /** The store is out of reach, overloaded or broken: try again later. */
        UNAVAILABLE,
        /** The store answers, but not as it is set up: try again later, once somebody has put it right. */
        MISCONFIGURED,
        /** This object can never be stored, whoever tries. */
        REFUSED,
        /** There is no object of this key. */
        NOT_FOUND
    }

    private final Kind kind;

    public ObjectStoreException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
