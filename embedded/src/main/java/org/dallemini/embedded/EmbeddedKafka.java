package org.dallemini.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A real Kafka broker in this JVM: one KRaft node, listening on loopback only, with its data in a directory that
 * survives restarts and kills. For development and tests.
 */
public final class EmbeddedKafka implements AutoCloseable {
    /** The application's setting for the port, as error messages name it. */
    public static final String PORT_SETTING = "embedded.kafka.port";

    private final DataDirLock lock;
    private final BoundSockets sockets;
    private final KraftNode node;
    private final int port;
    private boolean closed;

    private EmbeddedKafka(DataDirLock lock, BoundSockets sockets, KraftNode node, int port) {
        this.lock = lock;
        this.sockets = sockets;
        this.node = node;
        this.port = port;
    }

    /** Same as {@link #start(Path, int, Map)} without overrides. */
    public static EmbeddedKafka start(Path dataDir, int port) {
        return start(dataDir, port, Map.of());
    }

    /** Same as {@link #start(Path, int, BrokerSecurity, Map)} for everybody on this machine. */
    public static EmbeddedKafka start(Path dataDir, int port, Map<String, String> overrides) {
        return start(dataDir, port, BrokerSecurity.NONE, overrides);
    }

    /**
     * Starts a broker and returns when it serves clients.
     *
     * @param dataDir created if absent; else the broker carries on with what it holds
     * @param port 0 for any free port
     * @param security who may speak with it
     * @param overrides Kafka broker settings that win over ours; listeners and directories cannot be changed, but
     *     {@code advertised.listeners} can, for clients that come through a proxy
     * @throws DataDirInUseException if another broker works on {@code dataDir}
     * @throws PortInUseException if {@code port} is taken
     * @throws EmbeddedServerException if the broker cannot start for another reason
     */
    public static EmbeddedKafka start(Path dataDir, int port, BrokerSecurity security, Map<String, String> overrides) {
        try {
            DataDirLock lock = DataDirLock.acquire(dataDir);
            try {
                return start(lock, dataDir.toRealPath(), port, security, overrides);
            } catch (Throwable t) {
                lock.close();
                throw t;
            }
        } catch (EmbeddedServerException e) {
            throw e;
        } catch (Exception e) {
            throw new EmbeddedServerException(
                    "The embedded Kafka broker cannot start on " + dataDir + ": " + e.getMessage(), e);
        }
    }

    private static EmbeddedKafka start(
            DataDirLock lock, Path dataDir, int port, BrokerSecurity security, Map<String, String> overrides)
            throws Exception {
        DiskSpace.require(dataDir);
        BoundSockets sockets = BoundSockets.bind(port);
        try {
            KraftNode.format(dataDir, security);
            int brokerPort = sockets.brokerPort();
            KraftNode node = new KraftNode(
                    BrokerSettings.of(dataDir, brokerPort, sockets.controllerPort(), security, overrides), sockets);
            try {
                node.start();
                DiskSpace.explainTheEnd(dataDir);
            } catch (Throwable t) {
                node.close();
                throw t;
            }
            return new EmbeddedKafka(lock, sockets, node, brokerPort);
        } catch (Throwable t) {
            sockets.close();
            throw t;
        }
    }

    /** For {@code bootstrap.servers}: {@code 127.0.0.1:port}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Stops the broker and frees the data directory; does nothing the second time. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            node.close();
        } finally {
            release();
        }
    }

    private void release() {
        try (lock) {
            sockets.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release the broker's ports and data directory", e);
        }
    }
}
