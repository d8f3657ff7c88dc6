package org.dallemini.stage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
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
        Map<String, KafkaFuture<TopicDescription>> answers =
                admin.describeTopics(topics).topicNameValues();
        List<String> missing;
        try {
            if (!haveCome(answers.values())) {
                return "";
            }
            missing = MissingTopics.among(topics, answers);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause && Failures.isFatal(cause)) {
                throw cause;
            }
            return Failures.describeKafkas(e.getCause() == null ? e : e.getCause());
        }
        return switch (missing.size()) {
            case 0 -> "";
            case 1 -> "topic " + missing.get(0) + " does not exist: run 'dallemini topics apply'";
            default -> "topics " + String.join(", ", missing) + " do not exist: run 'dallemini topics apply'";
        };
    }

    /** False if a stop is requested before. */
    private boolean haveCome(Collection<KafkaFuture<TopicDescription>> answers) throws InterruptedException {
        for (KafkaFuture<TopicDescription> answer : answers) {
            while (!answer.isDone() && !stopping.isRequested()) {
                try {
                    answer.get(100, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    continue; // Look whether to stop.
                } catch (ExecutionException e) {
                    break; // It has come; what it says is looked at later.
                }
            }
        }
        return !stopping.isRequested();
    }
}
