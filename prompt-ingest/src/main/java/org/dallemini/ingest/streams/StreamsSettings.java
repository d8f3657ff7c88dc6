package org.dallemini.ingest.streams;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.dallemini.stage.config.StageConfig;

/** Settings for Kafka Streams: our defaults, the user's over them, and what the stage depends upon. */
final class StreamsSettings {
    /** In all: waiting for the registry ({@link RegistryRetry}) must end well before it. */
    private static final int MAX_POLL_INTERVAL_MS = 300_000;

    /**
     * Streams looks after each poll whether a commit is due. Shorter is a busier idle process, longer a later last
     * record.
     */
    private static final int POLL_MS = 50;

    /** Its constant is deprecated already: Kafka 5 knows no other way, and Kafka 4 warns where it is not set. */
    private static final String GLOBAL_HANDLER = "processing.exception.handler.global.enabled";

    private final StreamsDefinition definition;

    StreamsSettings(StreamsDefinition definition) {
        this.definition = definition;
    }

    /**
     * @param instance the process's name in its group
     * @param clusterId state of another cluster must not be taken for this one's, so each has a folder of its own
     */
    Properties of(String instance, String clusterId) {
        StageConfig stage = definition.config();
        String group = definition.applicationId();
        Path state = folder(instance, clusterId);

        Properties settings = new Properties();
        settings.put(StreamsConfig.POLL_MS_CONFIG, POLL_MS);
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, (int) stage.getShort(StageConfig.TOPIC_REPLICATION));
        short minInsync = stage.getShort(StageConfig.TOPIC_MIN_INSYNC_REPLICAS);
        if (minInsync > 0) {
            settings.put(StreamsConfig.topicPrefix(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG), Short.toString(minInsync));
        }
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbMemory.class);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        // No stage cares which partition's records come first; to compare them takes a fifth of the time of a record.
        settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        settings.put(GLOBAL_HANDLER, true);
        // The assignor sees the consumer's settings alone, and warns of its absence there.
        settings.put(StreamsConfig.mainConsumerPrefix(GLOBAL_HANDLER), true);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 3_000);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG), MAX_POLL_INTERVAL_MS);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 0);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), stage.maxRequestBytes());

        settings.putAll(definition.defaults());

        settings.putAll(stage.originalsWithPrefix("kafka."));
        settings.putAll(stage.originalsWithPrefix("producer.", false));
        settings.putAll(stage.originalsWithPrefix("consumer.", false));

        Map<String, Object> fixed = Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG,
                group,
                StreamsConfig.CLIENT_ID_CONFIG,
                group + "-" + instance,
                StreamsConfig.STATE_DIR_CONFIG,
                state.toString(),
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                StreamsConfig.EXACTLY_ONCE_V2,
                StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG,
                true,
                StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
                instance,
                StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                stage.getInt(StageConfig.TRANSACTION_TIMEOUT_MS));
        fixed.keySet().forEach(this::refuseOverride);
        settings.putAll(fixed);
        settings.put(
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, String.join(",", stage.getList(StageConfig.BOOTSTRAP_SERVERS)));
        return settings;
    }

    /**
     * Where the process's local state lies, in a folder for each application.
     *
     * @param clusterId as for {@link #of}
     */
    Path folder(String instance, String clusterId) {
        return definition.stateDir().resolve(clusterId).resolve(instance);
    }

    /** Exactly-once rests on these: better a clear error than a setting that silently does nothing. */
    private void refuseOverride(String name) {
        String bare = name.replaceFirst("^(producer|consumer)\\.", "");
        for (String given : List.of("kafka." + name, "kafka." + bare, "producer." + bare, "consumer." + bare)) {
            if (definition.config().originals().containsKey(given)) {
                throw new ConfigException(given + " is set by the stage itself: remove it.");
            }
        }
    }
}
