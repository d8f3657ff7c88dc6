package org.dallemini.embedded;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.KRaftMetadataCache;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.server.fault.LoggingFaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * Broker and controller of one node, put together as {@link KafkaRaftServer} does it (KIP-500, combined mode), except
 * that the server sockets come from outside.
 */
final class KraftNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KraftNode.class);

    /** Some times {@code broker.session.timeout.ms}. */
    private static final Duration PREDECESSOR_ENDS_WITHIN = Duration.ofSeconds(15);

    private static final long POLL_MILLIS = 20;

    private final ControllerServer controller;
    private final BrokerServer broker;
    private volatile boolean started;

    KraftNode(Map<String, String> settings, ServerSocketFactory sockets) {
        KafkaConfig config = new KafkaConfig(settings, false);
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> stored =
                KafkaRaftServer.initializeLogDirs(config, log, "[EmbeddedKafka] ");
        MetaPropertiesEnsemble identity = stored._1();
        SharedServer shared = new SharedServer(
                config,
                identity,
                Time.SYSTEM,
                Server.initializeMetrics(
                        config, Time.SYSTEM, identity.clusterId().orElseThrow()),
                CompletableFuture.completedFuture(
                        QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                List.of(),
                this::faultHandler,
                sockets);
        controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), stored._2());
        broker = new BrokerServer(shared);
    }

    /**
     * Kafka ends the process on a fatal fault. Before the node serves clients that is for the caller to decide: the
     * fault comes out of {@link #start} as an exception.
     */
    private FaultHandler faultHandler(String name, boolean fatal, Runnable action) {
        FaultHandler standard = new StandardFaultHandlerFactory().build(name, fatal, action);
        FaultHandler reporting = new LoggingFaultHandler(name, action);
        return (message, cause) -> (started ? standard : reporting).handleFault(message, cause);
    }

    /** Gives an empty data directory its identity and its first metadata; leaves any other as it is. */
    static void format(Path dataDir, BrokerSecurity security) throws Exception {
        if (Files.exists(dataDir.resolve("meta.properties"))) {
            return; // written last, so what comes before it is complete
        }
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            Formatter formatter = new Formatter()
                    .setPrintStream(nowhere)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(BrokerSettings.NODE_ID)
                    .setDirectories(List.of(dataDir.toString()))
                    .setMetadataLogDirectory(dataDir.toString())
                    .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                    .setSupportedFeatures(List.copyOf(Feature.PRODUCTION_FEATURES))
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .setIgnoreFormatted(true);
            if (!security.users().isEmpty()) {
                formatter.setScramArguments(security.scramArguments());
            }
            formatter.run();
        }
    }

    /** Returns when the broker serves clients. */
    void start() throws InterruptedException {
        controller.startup();
        awaitEndOfPredecessor();
        broker.startup();
        started = true;
    }

    /**
     * After a kill the metadata still say that the broker leads its partitions. A broker that began like that would
     * finish the transactions that its predecessor had prepared before it is registered itself; and when registering
     * takes its partitions their leader away for a moment, Kafka (TransactionMarkerChannelManager) holds them for
     * deleted and leaves the transactions' markers out, so that nobody ever reads behind them. One that begins when the
     * controller has given the predecessor up leads nothing until it is registered, for which it has to wait until then
     * anyway.
     */
    private void awaitEndOfPredecessor() throws InterruptedException {
        long deadline = System.nanoTime() + PREDECESSOR_ENDS_WITHIN.toNanos();
        while (mayHavePredecessor() && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private boolean mayHavePredecessor() {
        KRaftMetadataCache metadata = controller.metadataCache();
        return metadata.getImage().isEmpty() || metadata.hasAliveBroker(BrokerSettings.NODE_ID);
    }

    @Override
    public void close() {
        broker.shutdown();
        controller.shutdown();
        broker.awaitShutdown();
        controller.awaitShutdown();
    }
}
