package org.dallemini.stage;

import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/** Makes clients of Kafka's, which can fail for what a person must correct and for what passes by itself. */
public final class KafkaClients {
    private KafkaClients() {}

    /**
     * How somebody waits for a name.
     *
     * @param <X> ends the waiting
     */
    public interface Waiting<X extends Exception> {
        /** Whether the waiting shall end. */
        boolean isOver();

        /** Shows what is waited for, and pauses. */
        void await(String trouble) throws X;
    }

    /**
     * Makes a client: they refuse to be made while no name of a broker can be resolved, which is waited out.
     *
     * @return null if the waiting is over before
     */
    public static <T, X extends Exception> @Nullable T whenResolved(
            StageConfig config, Supplier<T> client, Waiting<X> waiting) throws X {
        while (!waiting.isOver()) {
            try {
                return client.get();
            } catch (KafkaException e) {
                if (!Failures.isUnresolved(e)) {
                    throw e;
                }
                waiting.await("Kafka: no name in bootstrap.servers can be resolved: "
                        + String.join(",", config.getList(StageConfig.BOOTSTRAP_SERVERS)));
            }
        }
        return null;
    }

    /**
     * Makes a client.
     *
     * @throws ConfigException if none can be made: a trust store that cannot be read, a login without a module
     * @throws KafkaException if no name of a broker can be resolved, see {@link Failures#isUnresolved}
     */
    public static <T> T make(Supplier<T> client) {
        try {
            return client.get();
        } catch (ConfigException e) {
            throw e;
        } catch (KafkaException e) {
            if (Failures.isUnresolved(e)) {
                throw e;
            }
            throw new ConfigException("Settings for Kafka's clients: " + Failures.describe(e));
        }
    }

    /**
     * Waits for an answer.
     *
     * @throws KafkaException if the answer is one
     */
    public static <T> T get(Future<T> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
        }
    }

    /**
     * The same of a question about one topic, which a refusal then names.
     *
     * @throws KafkaException if the answer is one
     */
    public static <T> T get(String topic, Future<T> answer) {
        try {
            return get(answer);
        } catch (TopicAuthorizationException e) {
            throw new TopicAuthorizationException(Set.of(topic)); // the answer does not name it
        }
    }

    /**
     * Makes an admin client: in stages and commands alike the first to meet the settings for TLS and SASL.
     *
     * @throws RuntimeException as {@link #make}
     */
    public static Admin admin(StageConfig config) {
        return make(() -> Admin.create(config.admin()));
    }
}
