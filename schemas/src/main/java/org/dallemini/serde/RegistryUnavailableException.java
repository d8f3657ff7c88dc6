package org.dallemini.serde;

import org.jspecify.annotations.Nullable;

/**
 * The schema registry is unreachable, fails (5xx), is overloaded (429) or does not let us in (401, 403). The record is
 * not to blame and the same call may succeed later: wait and retry, never dead-letter.
 */
public final class RegistryUnavailableException extends RegistryException {
    RegistryUnavailableException(int status, String message, @Nullable Throwable cause) {
        super(status, status, message, cause);
    }
}
