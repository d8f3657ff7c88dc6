package org.dallemini.ingest;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;

/** A real broker and a real registry, which the tests of a class share; each has topics of its own. */
public final class Servers implements AutoCloseable {
    private final Path dir;
    private final EmbeddedKafka kafka;
    private final int registryPort;
    private EmbeddedSchemaRegistry registry;

    private Servers(Path dir, EmbeddedKafka kafka, EmbeddedSchemaRegistry registry) {
        this.dir = dir;
        this.kafka = kafka;
        this.registry = registry;
        this.registryPort = registry.port();
    }

    /** @param dir for what they keep, and what the processes keep */
    public static Servers start(Path dir) {
        EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0);
        return new Servers(dir, kafka, EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0));
    }

    /** A prefix of topics that no other test has. */
    public static String freshPrefix() {
        return "it" + UUID.randomUUID().toString().substring(0, 8) + ".";
    }

    /** What a process of the test needs, whose topics have two partitions. */
    public Map<String, String> settings(String prefix) {
        return new HashMap<>(Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "schema.registry.url",
                registry.url(),
                "topic.prefix",
                prefix,
                "topic.partitions",
                "2",
                "topic.replication",
                "1",
                "instance.dir",
                dir.resolve(prefix + "instances").toString(),
                "state.dir",
                dir.resolve(prefix + "state").toString(),
                "consumer.heartbeat.interval.ms",
                "200"));
    }

    public static void createTopicsAndSchemas(StageConfig config) {
        try (Admin admin = Admin.create(config.admin())) {
            TopicPlan.of(config).apply(admin);
        }
        new SchemaRegistration(new SchemaRegistryClient(config.serde()), EventSchemas.load(), config.topics())
                .register();
    }

    int registryPort() {
        return registryPort;
    }

    void stopRegistry() {
        registry.close();
    }

    /** At the port that it had. */
    void restartRegistry() {
        registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), registryPort);
    }

    @Override
    public void close() {
        registry.close();
        kafka.close();
    }
}
