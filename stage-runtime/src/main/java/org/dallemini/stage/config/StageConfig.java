package org.dallemini.stage.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.AvroDeserializer;
import org.dallemini.serde.AvroSerializer;
import org.dallemini.stage.moderation.Releases;
import org.dallemini.stage.tracing.Tracing;

/**
 * The settings that every stage has. A stage adds its own: {@code new StageConfig(StageConfig.definition().define(...),
 * values)}.
 *
 * <p>Settings of Kafka's clients pass through by prefix: {@code kafka.} to all clients, {@code producer.} and
 * {@code consumer.} to one kind and stronger. Settings of the serde ({@code schema.registry.*}, {@code basic.auth.*},
 * ...) carry no prefix. Values may refer to {@code config.providers} as anywhere in Kafka.
 */
public final class StageConfig extends AbstractConfig {
    public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    public static final String SCHEMA_REGISTRY_URL = "schema.registry.url";
    public static final String TOPIC_PREFIX = "topic.prefix";
    public static final String TOPIC_PARTITIONS = "topic.partitions";
    public static final String TOPIC_REPLICATION = "topic.replication";
    public static final String TOPIC_MIN_INSYNC_REPLICAS = "topic.min.insync.replicas";
    public static final String GROUP_ID = "group.id";
    public static final String INSTANCE_ID = "instance.id";
    public static final String INSTANCE_DIR = "instance.dir";
    public static final String MANAGEMENT_HOST = "management.host";
    public static final String MANAGEMENT_PORT = "management.port";
    public static final String DRAIN_TIMEOUT_MS = "drain.timeout.ms";
    public static final String REVOKE_GRACE_MS = "revoke.grace.ms";
    public static final String TRANSACTION_TIMEOUT_MS = "transaction.timeout.ms";
    public static final String MAX_UNCOMMITTED_RECORDS = "max.uncommitted.records";
    public static final String VALUE_SERIALIZER = "value.serializer";
    public static final String VALUE_DESERIALIZER = "value.deserializer";

    /** What Kafka allows in names of topics and group members; the prefix leaves room for the names themselves. */
    private static final String NAME = "[a-zA-Z0-9._-]{0,120}";

    /** @throws ConfigException if a value is missing, malformed or out of its range */
    public StageConfig(ConfigDef definition, Map<String, String> values) {
        super(definition, values, false);
    }

    /** The settings that every stage has; a fresh copy that a stage may add to. */
    public static ConfigDef definition() {
        return Tracing.define(Releases.define(new ConfigDef()))
                .define(
                        BOOTSTRAP_SERVERS,
                        Type.LIST,
                        "localhost:9092",
                        ConfigDef.ValidList.anyNonDuplicateValues(false, false),
                        HIGH,
                        "Kafka brokers to ask first, host:port separated by commas.")
                .define(
                        SCHEMA_REGISTRY_URL,
                        Type.STRING,
                        "http://localhost:8081",
                        new NonEmptyString(),
                        HIGH,
                        "Schema registries, separated by commas.")
                .define(
                        TOPIC_PREFIX,
                        Type.STRING,
                        "",
                        ConfigDef.LambdaValidator.with(StageConfig::checkName, () -> NAME),
                        MEDIUM,
                        "Put in front of every topic name and of the default consumer group, as it is: several pipelines "
                                + "can then share a cluster.")
                .define(
                        TOPIC_PARTITIONS,
                        Type.INT,
                        6,
                        between(1, 10_000),
                        MEDIUM,
                        "Partitions of topics that 'topics apply' creates: the most processes of a stage that can share "
                                + "the work.")
                .define(
                        TOPIC_REPLICATION,
                        Type.SHORT,
                        (short) -1,
                        between((short) -1, Short.MAX_VALUE),
                        MEDIUM,
                        "Replicas of topics that 'topics apply' creates; -1 takes the broker's default.")
                .define(
                        TOPIC_MIN_INSYNC_REPLICAS,
                        Type.SHORT,
                        (short) -1,
                        between((short) -1, Short.MAX_VALUE),
                        MEDIUM,
                        "min.insync.replicas of topics that 'topics apply' creates: so many replicas must have a record "
                                + "before it is acknowledged; -1 takes the broker's default.")
                .define(
                        GROUP_ID,
                        Type.STRING,
                        "",
                        MEDIUM,
                        "Consumer group of the stage. Empty: topic.prefix and the name of the stage. Set it only for a "
                                + "process that runs a single stage.")
                .define(
                        INSTANCE_ID,
                        Type.STRING,
                        "",
                        ConfigDef.LambdaValidator.with(StageConfig::checkName, () -> NAME),
                        MEDIUM,
                        "Name of this process among those of its group, the same after each restart: its group.instance.id "
                                + "and part of its transactional.id, by which a restarted process takes its partitions "
                                + "up again at once. Two live processes must not share it: the older one would be shut "
                                + "out. Empty: a random name that is kept, and locked while in use, in instance.dir.")
                .define(
                        INSTANCE_DIR,
                        Type.STRING,
                        "",
                        LOW,
                        "Folder for the random names of processes that are given no instance.id. Empty: a folder of the "
                                + "user's own in the system's folder for temporary files.")
                .define(
                        MANAGEMENT_HOST,
                        Type.STRING,
                        "127.0.0.1",
                        new NonEmptyString(),
                        MEDIUM,
                        "Address on which /livez, /readyz and /metrics are served, without authentication.")
                .define(
                        MANAGEMENT_PORT,
                        Type.INT,
                        8090,
                        between(-1, 65535),
                        MEDIUM,
                        "Port of /livez, /readyz and /metrics; 0 takes any free one, -1 switches them off.")
                .define(
                        DRAIN_TIMEOUT_MS,
                        Type.LONG,
                        25_000L,
                        atLeast(0L),
                        MEDIUM,
                        "How long an orderly stop waits for work that has begun. Good: 1.2 times what the longest record "
                                + "takes; less than what the process manager allows before it kills.")
                .define(
                        REVOKE_GRACE_MS,
                        Type.LONG,
                        10_000L,
                        between(0L, 120_000L),
                        MEDIUM,
                        "How long a partition that moves to another process waits for work that has begun on it, before "
                                + "that work is given up and done again there. Good: 1.2 times what the longest record "
                                + "takes.")
                .define(
                        TRANSACTION_TIMEOUT_MS,
                        Type.INT,
                        10_000,
                        between(1_000, 900_000),
                        LOW,
                        "After this time the broker aborts the transaction of a process that died in it; until then "
                                + "readers of the output wait. Transactions last milliseconds, however slow the work.")
                .define(
                        MAX_UNCOMMITTED_RECORDS,
                        Type.INT,
                        256,
                        between(1, 100_000),
                        LOW,
                        "Records of one partition that may be in hand: being worked on, or finished but waiting for one "
                                + "before them.")
                .define(
                        VALUE_SERIALIZER,
                        Type.CLASS,
                        AvroSerializer.class,
                        LOW,
                        "Serializer of values; Confluent's io.confluent.kafka.serializers.KafkaAvroSerializer fits too.")
                .define(
                        VALUE_DESERIALIZER,
                        Type.CLASS,
                        AvroDeserializer.class,
                        LOW,
                        "Deserializer of values; Confluent's io.confluent.kafka.serializers.KafkaAvroDeserializer fits "
                                + "too.");
    }

    /** The names of the pipeline's topics. */
    public Topics topics() {
        return new Topics(getString(TOPIC_PREFIX));
    }

    /** The consumer group of a stage, and the first part of its transactional id. */
    public String groupId(String stage) {
        String configured = getString(GROUP_ID);
        return configured.isEmpty() ? getString(TOPIC_PREFIX) + stage : configured;
    }

    /**
     * The same of what runs beside a stage in its process: a group of its own also where {@code group.id} names one.
     */
    public String groupIdBeside(String name) {
        String configured = getString(GROUP_ID);
        return configured.isEmpty() ? groupId(name) : configured + "." + name;
    }

    public Duration drainTimeout() {
        return Duration.ofMillis(getLong(DRAIN_TIMEOUT_MS));
    }

    public Duration revokeGrace() {
        return Duration.ofMillis(getLong(REVOKE_GRACE_MS));
    }

    /** Settings for an admin client. */
    public Map<String, Object> admin() {
        return new ClientSettings(this).admin();
    }

    /**
     * Settings for a producer without transactions, for example one that publishes prompts; add serializers. Idempotent
     * and with {@code acks=all}, as Kafka's defaults are.
     */
    public Map<String, Object> producer() {
        return new ClientSettings(this).producer();
    }

    /** The most bytes of one record that producers send: their {@code max.request.size}. */
    public int maxRequestBytes() {
        String name = ProducerConfig.MAX_REQUEST_SIZE_CONFIG;
        return (Integer) ConfigDef.parseType(name, producer().get(name), ConfigDef.Type.INT);
    }

    /** Settings for a consumer without a group that reads only what is committed; add deserializers. */
    public Map<String, Object> consumer() {
        return new ClientSettings(this).consumer();
    }

    /** Settings for the consumer of the transactional loop; add deserializers. */
    public Map<String, Object> groupConsumer(String stage, String instance) {
        return new ClientSettings(this).groupConsumer(groupId(stage), instance);
    }

    /** Settings for the producer of the transactional loop; add serializers. */
    public Map<String, Object> transactionalProducer(String stage, String instance) {
        return new ClientSettings(this).transactionalProducer(groupId(stage), instance);
    }

    /** Settings for serializers and deserializers: all that is not for Kafka's clients. */
    public Map<String, Object> serde() {
        var settings = new HashMap<>(originals());
        settings.keySet()
                .removeIf(name -> KeyNames.isPassedThrough(name) || name.startsWith(KeyNames.CONFIG_PROVIDERS));
        settings.put(SCHEMA_REGISTRY_URL, getString(SCHEMA_REGISTRY_URL));
        // The stage itself tries again for as long as it takes, and must not be kept from polling.
        settings.putIfAbsent("max.retries", "0");
        settings.putIfAbsent("http.read.timeout.ms", "10000");
        return settings;
    }

    /** Names of settings that were given but that nothing here understands: misspelt, or meant for something else. */
    public Set<String> unknown() {
        var unknown = new TreeSet<>(originals().keySet());
        unknown.removeIf(name -> values().containsKey(name) || KeyNames.isKnownElsewhere(name));
        return unknown;
    }

    private static void checkName(String name, Object value) {
        if (!String.valueOf(value).matches(NAME)) {
            throw new ConfigException(name, value, "use letters, digits, '.', '_' and '-' only, at most 120");
        }
    }
}
