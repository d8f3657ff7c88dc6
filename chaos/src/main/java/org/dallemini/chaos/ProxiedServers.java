package org.dallemini.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.stack.Preparation;
import org.dallemini.stage.config.StageConfig;

/**
 * Broker, schema registry and object store in this JVM, each behind a {@link TcpProxy}, with topics and schemas
 * prepared. The broker advertises its proxy, so all its clients come through that; registry and store can be reached
 * directly as well.
 */
final class ProxiedServers implements AutoCloseable {
    private static final String ACCESS_KEY = "chaos";
    private static final String SECRET_KEY = "chaos-secret";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Path folder;
    private final TcpProxy broker;
    private final TcpProxy registry;
    private final TcpProxy store;
    private final Map<String, String> direct;

    private ProxiedServers(Path folder) throws IOException {
        this.folder = folder;
        try {
            int brokerPort = FreePort.find();
            broker = keep(TcpProxy.to(brokerPort));
            keep(EmbeddedKafka.start(
                    folder.resolve("kafka"),
                    brokerPort,
                    Map.of("advertised.listeners", "PLAINTEXT://" + broker.address())));
            var schemas = keep(EmbeddedSchemaRegistry.start(broker.address(), 0));
            registry = keep(TcpProxy.to(schemas.port()));
            var objects = keep(EmbeddedObjectStore.start(folder.resolve("objects"), 0, ACCESS_KEY, SECRET_KEY));
            store = keep(TcpProxy.to(objects.port()));
            direct = Map.of("schema.registry.url", schemas.url(), "s3.endpoint", objects.endpoint());
            Preparation.run(directSettings());
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** @param folder for all data, of the servers and of the stages */
    static ProxiedServers start(Path folder) throws IOException {
        return new ProxiedServers(folder);
    }

    private <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    TcpProxy broker() {
        return broker;
    }

    TcpProxy registry() {
        return registry;
    }

    TcpProxy store() {
        return store;
    }

    void healAll() throws IOException {
        broker.heal();
        registry.heal();
        store.heal();
    }

    /** For stages: all through the proxies. The store's times are short, so that faults of seconds show. */
    Map<String, String> settings() {
        var settings = new HashMap<String, String>();
        settings.put(StageConfig.BOOTSTRAP_SERVERS, broker.address());
        settings.put(StageConfig.SCHEMA_REGISTRY_URL, "http://" + registry.address());
        settings.put("s3.endpoint", "http://" + store.address());
        settings.put("s3.access.key", ACCESS_KEY);
        settings.put("s3.secret.key", SECRET_KEY);
        settings.put("s3.request.timeout.ms", "3000");
        settings.put("s3.connect.timeout.ms", "1000");
        settings.put("http.read.timeout.ms", "3000");
        settings.put(StageConfig.TOPIC_PARTITIONS, "3");
        settings.putAll(Stages.settings(folder));
        settings.put("state.dir", folder.resolve("state").toString());
        return settings;
    }

    /** For those who watch: registry and store are reached whatever their proxies do. */
    Map<String, String> directSettings() {
        var settings = new HashMap<>(settings());
        settings.keySet().removeAll(List.of("http.read.timeout.ms", "s3.request.timeout.ms", "s3.connect.timeout.ms"));
        settings.putAll(direct);
        return settings;
    }

    Path folder() throws IOException {
        return Files.createDirectories(folder);
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            Utils.closeQuietly(parts.pop(), "server");
        }
    }
}
