package org.dallemini.ingest.streams;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.dallemini.stage.Failures;

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
        record Ready(String clusterId) implements Result {}

        record NotReady(String detail) implements Result {}
    }

    /** @throws RuntimeException what waiting cannot help; see {@link Failures#isFatal} */
    Result look() throws InterruptedException {
        try {
            String clusterId = admin.describeCluster().clusterId().get();
            List<String> missing = missing();
            return missing.isEmpty()
                    ? new Result.Ready(clusterId)
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

    private List<String> missing() throws InterruptedException, ExecutionException {
        List<String> missing = new ArrayList<>();
        Map<String, KafkaFuture<TopicDescription>> described =
                admin.describeTopics(topics).topicNameValues();
        for (String topic : topics) {
            try {
                Objects.requireNonNull(described.get(topic), topic).get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicAuthorizationException) {
                    throw new TopicAuthorizationException(Set.of(topic)); // the answer does not name it
                }
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                missing.add(topic);
            }
        }
        return missing;
    }
}
