package org.dallemini.ingest.streams;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.ingest.streams.TopicSnapshot.Topic;

/**
 * Looks every few seconds, while an application runs, whether its topics are what they were when it started: Kafka
 * Streams reads the numbers of partitions at its start, global stores never again, and does not notice at all that a
 * topic was made anew. Never waits for an answer. For one thread.
 */
final class TopicWatch {
    private static final Duration INTERVAL = Duration.ofSeconds(3);

    private final Admin admin;
    private final TopicSnapshot known;
    private CompletableFuture<TopicSnapshot> answer;
    private long askedNanos;

    /** @param known all of its topics, as it has started with them */
    TopicWatch(Admin admin, TopicSnapshot known) {
        this.admin = admin;
        this.known = known;
        this.answer = CompletableFuture.completedFuture(known);
        this.askedNanos = System.nanoTime();
    }

    /**
     * Topics that are not what they were.
     *
     * @param topic the first of them
     * @param text what is different about it, for people
     * @param deleted those that were deleted and not made again
     */
    record Change(String topic, String text, Set<String> deleted) {}

    /** The topics as the application has started with them. */
    TopicSnapshot known() {
        return known;
    }

    /** What has changed; empty if nothing has for all that is known. */
    Optional<Change> change() {
        if (!answer.isDone()) {
            return Optional.empty();
        }
        Optional<Change> change = Optional.empty();
        if (!answer.isCompletedExceptionally()) { // an outage of Kafka is reported elsewhere
            change = change(answer.join());
        }
        if (System.nanoTime() - askedNanos > INTERVAL.toNanos()) {
            askedNanos = System.nanoTime();
            answer = TopicSnapshot.ask(admin, known.topics().keySet());
        }
        return change;
    }

    private Optional<Change> change(TopicSnapshot now) {
        SortedMap<String, String> texts = new TreeMap<>();
        Set<String> deleted = new TreeSet<>();
        known.topics().forEach((name, before) -> {
            Optional<Topic> topic = now.find(name);
            if (topic.isEmpty()) {
                deleted.add(name);
                texts.put(name, "has been deleted");
            } else if (!topic.get().equals(before)) {
                texts.put(name, difference(before, topic.get()));
            }
        });
        return texts.isEmpty()
                ? Optional.empty()
                : Optional.of(new Change(
                        texts.firstKey(),
                        "the topic " + texts.firstKey() + " " + texts.get(texts.firstKey()),
                        deleted));
    }

    private static String difference(Topic before, Topic now) {
        if (!now.id().equals(before.id())) {
            return "has been deleted and made again";
        }
        if (now.partitions() != before.partitions()) {
            return "has " + now.partitions() + " partitions now, before " + before.partitions();
        }
        return "has max.message.bytes " + now.maxBytes() + " now, before " + before.maxBytes();
    }
}
