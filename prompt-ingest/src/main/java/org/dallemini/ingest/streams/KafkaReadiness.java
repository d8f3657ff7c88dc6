package org.dallemini.ingest.streams;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.stage.Failures;
import org.dallemini.stage.MissingTopics;

/**
 * Looks whether Kafka is there with all that the intake needs; Kafka Streams itself would give up without its topics.
 */
final class KafkaReadiness {
    private final Admin admin;
    private final List<String> topics;

    KafkaReadiness(Admin admin, List<String> topics) {
        this.admin = admin;
        this.topics = topics;
    }

    /** What was found: a cluster that is ready, or what is missing, for people. */
    sealed interface Result {
        record Ready(String clusterId, TopicLimits limits) implements Result {}

        record NotReady(String detail) implements Result {}
    }

    /** @throws RuntimeException what waiting cannot help; see {@link Failures#isFatal} */
    Result look() throws InterruptedException {
        try {
            String clusterId = admin.describeCluster().clusterId().get();
            List<String> missing =
                    MissingTopics.among(topics, admin.describeTopics(topics).topicNameValues());
            return missing.isEmpty()
                    ? new Result.Ready(clusterId, TopicLimits.read(admin, topics))
                    : new Result.NotReady(
                            "missing topics: " + String.join(", ", missing) + "; run 'dallemini topics apply'");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (Failures.isFatal(cause) && cause instanceof RuntimeException fatal) {
                throw fatal;
            }
            return new Result.NotReady(Failures.describeKafkas(cause));
        }
    }
}
