package org.dallemini.stage.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;

/** Settings for Kafka's clients: our defaults, the user's settings over them, and what a stage depends upon. */
final class ClientSettings {
    /** As much as a dead letter of a picture may take; each topic's own limit is set by the topic plan. */
    private static final int MAX_REQUEST_BYTES = 12 << 20;

    /**
     * The longest that one call may keep the stage from polling. Some five follow each other at worst; together they
     * must stay below {@code max.poll.interval.ms}.
     */
    private static final int MAX_BLOCK_MS = 15_000;

    private static final int METADATA_AGE_MS = 10_000;

    private final StageConfig config;

    ClientSettings(StageConfig config) {
        this.config = config;
    }

    Map<String, Object> admin() {
        var settings = common();
        settings.put("default.api.timeout.ms", MAX_BLOCK_MS);
        settings.put("request.timeout.ms", MAX_BLOCK_MS);
        overlay(settings, KeyNames.KAFKA);
        return settings;
    }

    Map<String, Object> producer() {
        var settings = common();
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
        overlay(settings, KeyNames.KAFKA);
        overlay(settings, KeyNames.PRODUCER);
        return settings;
    }

    Map<String, Object> consumer() {
        var settings = common();
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        overlay(settings, KeyNames.KAFKA);
        overlay(settings, KeyNames.CONSUMER);
        return settings;
    }

    /** For the transactional loop: {@code acks=all} and idempotence follow from the transactional id. */
    Map<String, Object> transactionalProducer(String group, String instance) {
        var settings = producer();
        var fixed = Map.<String, Object>of(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                group + "-" + instance,
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                config.getInt(StageConfig.TRANSACTION_TIMEOUT_MS));
        refuse(KeyNames.PRODUCER, fixed.keySet());
        settings.putIfAbsent(CommonClientConfigs.CLIENT_ID_CONFIG, group + "-" + instance);
        settings.putAll(fixed);
        return settings;
    }

    /**
     * For the transactional loop. Few records a poll, since poll() empties one partition's fetch before it turns to the
     * next; cooperative, so that a process that comes or goes interrupts only the partitions that move; with the
     * consumer protocol the {@code range} assignor, whose shares are alike on all topics, where its default may give
     * one process all urgent work and another all bulk.
     */
    Map<String, Object> groupConsumer(String group, String instance) {
        var settings = new HashMap<String, Object>();
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 4);
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_AGE_MS); // how long new partitions go unread
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, MAX_BLOCK_MS);
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, group + "-" + instance);
        var users = consumer();
        if (GroupProtocol.CONSUMER.name().equalsIgnoreCase(String.valueOf(users.get("group.protocol")))) {
            settings.put(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range");
        } else {
            settings.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
            settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
            settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3_000);
        }
        settings.putAll(users);
        var fixed = Map.<String, Object>of(
                ConsumerConfig.GROUP_ID_CONFIG,
                group,
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                instance,
                // The loop itself says where to begin, and is to be told when a position has become invalid.
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false);
        refuse(KeyNames.CONSUMER, fixed.keySet());
        settings.putAll(fixed);
        return settings;
    }

    private Map<String, Object> common() {
        var settings = new HashMap<String, Object>();
        settings.put(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                String.join(",", config.getList(StageConfig.BOOTSTRAP_SERVERS)));
        return settings;
    }

    private void overlay(Map<String, Object> settings, String prefix) {
        settings.putAll(config.originalsWithPrefix(prefix));
    }

    /** Exactly-once rests on these: better a clear error than a setting that silently does nothing. */
    private void refuse(String prefix, Set<String> fixed) {
        for (String name : fixed) {
            for (String full : new String[] {KeyNames.KAFKA + name, prefix + name}) {
                if (config.originals().containsKey(full)) {
                    throw new ConfigException(
                            full + " is set by the stage itself: remove it. (The names of a process are "
                                    + "made from group.id and instance.id, the transaction timeout is transaction.timeout.ms.)");
                }
            }
        }
    }
}
