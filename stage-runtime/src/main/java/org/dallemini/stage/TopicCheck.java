package org.dallemini.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.Troubles.Source;

/** Waits at the start of a stage until all of its topics exist. */
final class TopicCheck {
    private final Admin admin;
    private final List<String> topics;
    private final Troubles troubles;
    private final Stopping stopping;

    TopicCheck(Admin admin, StageDefinition<?, ?> definition, Troubles troubles, Stopping stopping) {
        this.admin = admin;
        this.troubles = troubles;
        this.stopping = stopping;
        var needed = new ArrayList<String>();
        for (StageInput input : definition.inputs()) {
            needed.add(input.topic());
            needed.add(Topics.deadLetters(input.topic()));
        }
        needed.add(definition.outputTopic());
        this.topics = List.copyOf(needed);
    }

    /** Returns when all topics exist or a stop is requested; throws what waiting cannot help. */
    void await(Bell bell) {
        var backoff = new Backoff();
        while (!stopping.isRequested()) {
            String trouble = trouble();
            if (trouble.isEmpty()) {
                troubles.clear(Source.TOPICS);
                return;
            }
            troubles.report(Source.TOPICS, trouble);
            backoff.failed();
            bell.await(backoff.remaining());
        }
    }

    private String trouble() {
        var missing = new ArrayList<String>();
        for (var described : admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                while (!described.getValue().isDone() && !stopping.isRequested()) {
                    try {
                        described.getValue().get(100, TimeUnit.MILLISECONDS);
                    } catch (java.util.concurrent.TimeoutException e) {
                        continue; // Look whether to stop.
                    }
                }
                if (stopping.isRequested()) {
                    return "";
                }
                described.getValue().get();
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    missing.add(described.getKey());
                } else if (e.getCause() instanceof TopicAuthorizationException) {
                    throw new TopicAuthorizationException(Set.of(described.getKey())); // the answer does not name it
                } else if (e.getCause() instanceof RuntimeException cause && Failures.isFatal(cause)) {
                    throw cause;
                } else {
                    return Failures.describeKafkas(e.getCause() == null ? e : e.getCause());
                }
            }
        }
        return switch (missing.size()) {
            case 0 -> "";
            case 1 -> "topic " + missing.get(0) + " does not exist: run 'dallemini topics apply'";
            default -> "topics " + String.join(", ", missing) + " do not exist: run 'dallemini topics apply'";
        };
    }
}
