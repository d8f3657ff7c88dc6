package org.dallemini.moderation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.cluster.CommittedReader;
import org.dallemini.cluster.RecordValues;
import org.dallemini.events.ModerationDecision;
import org.dallemini.events.ModerationOutcome;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;

/**
 * Reads the compacted topic {@code moderation}. A dead letter's refusal is left out once what it refused has been
 * released, whichever of both records came first.
 */
public final class ModerationLog implements AutoCloseable {
    private final CommittedReader reader;
    private final Deserializer<ModerationDecision> deserializer;
    private final List<TopicPartition> partitions;

    private ModerationLog(
            CommittedReader reader, Deserializer<ModerationDecision> deserializer, List<TopicPartition> partitions) {
        this.reader = reader;
        this.deserializer = deserializer;
        this.partitions = List.copyOf(partitions);
    }

    /** @throws org.apache.kafka.common.config.ConfigException if the cluster has no such topic */
    public static ModerationLog open(StageConfig config, Admin admin) {
        List<TopicPartition> partitions =
                ClusterTopics.requirePartitions(config.topics().moderation(), admin);
        return new ModerationLog(
                new CommittedReader(config),
                EventSerdes.deserializer(ModerationDecision.class, config.serde()),
                partitions);
    }

    /** What stands about an image or a prompt, the newest first: several have been refused under one id, perhaps. */
    public List<ModerationDecision> about(String subject) {
        return list(decision -> decision.getSubject().equals(subject));
    }

    /** What stands about each, the newest first. */
    public List<ModerationDecision> list(Predicate<ModerationDecision> filter) {
        var found = new ArrayList<ModerationDecision>();
        reader.readLast(
                partitions, record -> RecordValues.decode(deserializer, record).ifPresent(found::add));
        Map<String, Instant> released = new HashMap<>();
        found.stream()
                .filter(decision -> decision.getDecision() == ModerationOutcome.RELEASED)
                .forEach(decision -> released.put(decision.getSubject(), decision.getDecidedAt()));
        found.removeIf(decision -> decision.getLetter() != null
                && decision.getDecidedAt().isBefore(released.getOrDefault(decision.getSubject(), Instant.MIN)));
        found.removeIf(filter.negate());
        found.sort(Comparator.comparing(ModerationDecision::getDecidedAt)
                .reversed()
                .thenComparing(ModerationDecision::getSubject));
        return found;
    }

    /** Whether the HTTP API refused it, so that nothing was published and there is no dead letter. */
    public static boolean isOfApi(ModerationDecision decision) {
        return decision.getDecision() == ModerationOutcome.REFUSED && decision.getLetter() == null;
    }

    @Override
    public void close() {
        reader.close();
        deserializer.close();
    }
}
