package org.dallemini.stage;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.dallemini.serde.RegistryException;
import org.dallemini.serde.SerdeErrors;

/** Tells failures that may pass from those that only a person can correct. */
public final class Failures {
    private Failures() {}

    /**
     * Wrong settings, missing rights, wrong credentials, or a name that another process has taken over: only a person
     * can help. ({@code InvalidConfigurationException} is the parent of Kafka's authorization, authentication and
     * unsupported version errors.)
     */
    public static boolean isFatal(Throwable failure) {
        return !isUnresolved(failure)
                && inChain(
                        failure,
                        e -> e instanceof InvalidConfigurationException
                                || e instanceof ConfigException
                                || e instanceof InvalidTxnTimeoutException
                                || e instanceof FencedInstanceIdException
                                || (e instanceof RegistryException registry
                                        && (registry.status() == 401 || registry.status() == 403)));
    }

    /**
     * No name in {@code bootstrap.servers} can be resolved at present. Kafka's clients take that for a wrong setting
     * and cannot be made; it is as often a DNS server that is down, or a service that has not been started yet. (They
     * say so by the message alone.)
     */
    public static boolean isUnresolved(Throwable failure) {
        return inChain(
                failure,
                e -> e instanceof ConfigException
                        && String.valueOf(e.getMessage()).startsWith("No resolvable bootstrap urls given in "));
    }

    /** Something outside is down, whatever record was in hand. */
    public static boolean isOutage(Throwable failure) {
        return SerdeErrors.isOutage(failure)
                || isUnresolved(failure)
                || inChain(failure, e -> e instanceof RetriableException);
    }

    /**
     * As {@link #isOutage}; a registry that does not know the schema of a result is such a case too: all results are
     * alike in that, and registering the schema puts it right. (Confluent's exception is known by its name.)
     */
    public static boolean isOutageInWriting(Throwable failure) {
        return isOutage(failure)
                || inChain(
                        failure,
                        e -> e instanceof RegistryException
                                || e.getClass().getSimpleName().equals("RestClientException"));
    }

    /** Whether a failure, or what caused it, is such a one. */
    public static boolean inChain(Throwable failure, Predicate<Throwable> test) {
        for (Throwable e = failure; e != null; e = e.getCause() == e ? null : e.getCause()) {
            if (test.test(e)) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #describe}, of what a client of Kafka has met; no answer has more reasons than the client can tell. */
    public static String describeKafkas(Throwable failure) {
        String hint = failure instanceof TimeoutException
                ? "; is it running, and are bootstrap.servers and kafka.security.protocol right?"
                : "";
        return "Kafka: " + describe(failure) + hint;
    }

    /** One line for people: the messages of the failure and its causes, without repetitions. */
    public static String describe(Throwable failure) {
        var line = new StringBuilder();
        for (Throwable e = failure; e != null; e = e.getCause() == e ? null : e.getCause()) {
            String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            if (line.indexOf(message) < 0) {
                if (!line.isEmpty() && line.charAt(line.length() - 1) == '.') {
                    line.setLength(line.length() - 1);
                }
                line.append(line.isEmpty() ? "" : ": ").append(message);
            }
        }
        return line.toString().replaceAll("\\s*\\R\\s*", " ");
    }

    /** Whether a record is known by now to be larger than producer or broker take. */
    public static boolean isTooLarge(Future<RecordMetadata> sent) {
        if (!sent.isDone()) {
            return false;
        }
        try {
            sent.get();
            return false;
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            return inChain(e, x -> x instanceof RecordTooLargeException);
        }
    }
}
