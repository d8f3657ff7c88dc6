package org.dallemini.ingest;

import java.nio.file.Path;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.config.StageConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests with a real broker and a real registry; each has topics of its own by their prefix. */
public abstract class WithServers {
    @TempDir
    protected static Path dir;

    protected static Servers servers;

    protected final String prefix = Servers.freshPrefix();
    protected final Topics topics = new Topics(prefix);

    @BeforeAll
    static void startServers() {
        servers = Servers.start(dir);
    }

    @AfterAll
    static void stopServers() {
        servers.close();
    }

    protected static KafkaProducer<byte[], byte[]> producer(StageConfig config) {
        return new KafkaProducer<>(config.producer(), new ByteArraySerializer(), new ByteArraySerializer());
    }
}
