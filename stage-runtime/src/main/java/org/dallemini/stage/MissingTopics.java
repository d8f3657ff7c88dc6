package org.dallemini.stage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Finds the missing topics in a cluster's answers. */
public final class MissingTopics {
    private MissingTopics() {}

    /**
     * Waits for the answers.
     *
     * @param topics those that are needed, each of which has been asked for
     * @return those that do not exist, in their order
     * @throws TopicAuthorizationException if one may not be looked at; names it, which the answer does not
     * @throws ExecutionException any other answer
     */
    public static List<String> among(Collection<String> topics, Map<String, KafkaFuture<TopicDescription>> answers)
            throws InterruptedException, ExecutionException {
        var missing = new ArrayList<String>();
        for (String topic : topics) {
            try {
                Objects.requireNonNull(answers.get(topic), topic).get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicAuthorizationException) {
                    throw new TopicAuthorizationException(Set.of(topic));
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
