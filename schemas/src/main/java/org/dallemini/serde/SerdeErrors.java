package org.dallemini.serde;

import java.io.EOFException;
import java.io.IOException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Tells an outage of the registry from a bad record, whichever serdes are in use: ours, or Confluent's, which report
 * both by the same exception and differ in its cause.
 */
public final class SerdeErrors {
    /** Looked at by name: Confluent's classes are on the class path only if somebody chose them. */
    private static final String CONFLUENT_REFUSAL =
            "io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException";

    private SerdeErrors() {}

    /**
     * True if the registry is to blame for a failure to read a record (unreachable, failing, refusing us, or this
     * thread was interrupted while it asked), so that the caller should try again later; false if the record is, so
     * that it should be dead-lettered.
     */
    public static boolean isOutage(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            Boolean verdict = verdict(t);
            if (verdict != null) {
                return verdict;
            }
        }
        return false;
    }

    private static @Nullable Boolean verdict(Throwable t) {
        if (t instanceof MalformedRecordException) {
            return false;
        }
        if (t instanceof RegistryException
                || t instanceof RetriableException
                || t instanceof InterruptException
                || t instanceof AuthenticationException
                || t instanceof AuthorizationException) {
            return true;
        }
        if (t.getClass().getName().equals(CONFLUENT_REFUSAL)) {
            // as RegistryException.isNotFound(): a code of the registry's own, not the bare 404 of a wrong address
            return errorCode(t) / 100 != 404;
        }
        if (t instanceof IOException) {
            // Avro's decoder reports truncated and invalid bytes by these two
            return !(t instanceof EOFException || t.getClass().getName().startsWith("org.apache.avro."));
        }
        return null;
    }

    private static int errorCode(Throwable confluentRefusal) {
        try {
            return (int) confluentRefusal.getClass().getMethod("getErrorCode").invoke(confluentRefusal);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("An unknown version of " + CONFLUENT_REFUSAL, e);
        }
    }
}
