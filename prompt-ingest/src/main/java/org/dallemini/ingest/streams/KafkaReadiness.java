package org.dallemini.ingest.streams;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.stage.Failures;

/**
 * Looks whether Kafka is there with all that the intake needs; Kafka Streams itself would give up without its topics.
 */
final class KafkaReadiness {
    private final Admin admin;
    private final List<String> topics;
    private final List<String> internal;

    /**
     * @param topics must exist
     * @param internal may exist
     */
    KafkaReadiness(Admin admin, List<String> topics, List<String> internal) {
        this.admin = admin;
        this.topics = topics;
        this.internal = internal;
    }

    /** What was found: a cluster that is ready, or what is missing, for people. */
    sealed interface Result {
        record Ready(String clusterId, TopicSnapshot snapshot) implements Result {}

        record NotReady(String detail) implements Result {}
    }

    /** @throws RuntimeException what waiting cannot help; see {@link Failures#isFatal} */
    Result look() throws InterruptedException {
        try {
            String clusterId = admin.describeCluster().clusterId().get();
            List<String> names = new ArrayList<>(topics);
            names.addAll(internal);
            TopicSnapshot snapshot = TopicSnapshot.ask(admin, names).get();
            List<String> missing = topics.stream()
                    .filter(topic -> snapshot.find(topic).isEmpty())
                    .toList();
            return missing.isEmpty()
                    ? new Result.Ready(clusterId, snapshot)
                    : new Result.NotReady(
                            "missing topics: " + String.join(", ", missing) + "; run 'dallemini topics apply'");
        } catch (ExecutionException e) {
            return new Result.NotReady(describe(e));
        }
    }

    /**
     * A broker's answer, for people.
     *
     * @throws RuntimeException what waiting cannot help
     */
    static String describe(ExecutionException answer) {
        Throwable cause = answer.getCause() == null ? answer : answer.getCause();
        if (Failures.isFatal(cause) && cause instanceof RuntimeException fatal) {
            throw fatal;
        }
        return Failures.describeKafkas(cause);
    }
}
