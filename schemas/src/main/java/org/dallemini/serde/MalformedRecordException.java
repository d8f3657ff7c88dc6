package org.dallemini.serde;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * These bytes are no record: wrong framing, a schema that nobody registered, or a body that does not match its schema.
 * Trying again will not help, so such a record is dead-lettered.
 */
public final class MalformedRecordException extends SerializationException {
    public MalformedRecordException(String message) {
        super(message);
    }

    public MalformedRecordException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
