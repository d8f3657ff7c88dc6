package org.dallemini.ingest.streams;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.ingest.streams.TopicFacts.Topic;

/**
 * Looks every few seconds, while an application runs, whether its topics are what they were when it started: Kafka
 * Streams reads the numbers of partitions at its start, global stores never again, and does not notice at all that a
 * topic was made anew. Never waits for an answer. For one thread.
 */
final class TopicWatch {
    private static final Duration INTERVAL = Duration.ofSeconds(3);

    private final Admin admin;
    private final Collection<String> names;
    private TopicFacts known;
    private CompletableFuture<TopicFacts> answer;
    private long askedNanos;

    /** When they were asked for last. */
    private boolean wereAllThere;

    /**
     * @param names of all topics, those too that the application will make
     * @param known what it has started with
     */
    TopicWatch(Admin admin, Collection<String> names, TopicFacts known) {
        this.admin = admin;
        this.names = List.copyOf(names);
        this.known = known;
        this.answer = CompletableFuture.completedFuture(known);
        this.askedNanos = System.nanoTime();
    }

    /**
     * One topic that is not what it was.
     *
     * @param isDeleted and not made again
     * @param text for people
     */
    record Change(String topic, boolean isDeleted, String text) {}

    /**
     * What has changed; empty if nothing has for all that is known.
     *
     * @param isRunning whether the application has made all topics that it makes
     */
    Optional<Change> change(boolean isRunning) {
        if (!answer.isDone()) {
            return Optional.empty();
        }
        Optional<Change> change = Optional.empty();
        if (!answer.isCompletedExceptionally()) { // Kafka may be away: others tell
            TopicFacts now = answer.join();
            change = change(now);
            known = known.and(now);
        }
        if (System.nanoTime() - askedNanos > INTERVAL.toNanos()) {
            askedNanos = System.nanoTime();
            wereAllThere = isRunning;
            answer = TopicFacts.ask(admin, names);
        }
        return change;
    }

    /** What is known of all topics by now, those included that the application has made. */
    TopicFacts known() {
        return known;
    }

    private Optional<Change> change(TopicFacts now) {
        return names.stream().flatMap(name -> change(name, now).stream()).min(Comparator.comparing(Change::topic));
    }

    private Optional<Change> change(String name, TopicFacts facts) {
        Topic before = known.find(name).orElse(null);
        Topic now = facts.find(name).orElse(null);
        if (now == null) {
            return before == null && !wereAllThere
                    ? Optional.empty()
                    : Optional.of(new Change(name, true, "the topic " + name + " has been deleted"));
        }
        if (before == null || before.equals(now)) {
            return Optional.empty();
        }
        String text;
        if (!now.id().equals(before.id())) {
            text = "has been deleted and made again";
        } else if (now.partitions() != before.partitions()) {
            text = "has " + now.partitions() + " partitions now, before " + before.partitions();
        } else {
            text = "has max.message.bytes " + now.mostBytes() + " now, before " + before.mostBytes();
        }
        return Optional.of(new Change(name, false, "the topic " + name + " " + text));
    }
}
