package org.dallemini.embedded.registry;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.dallemini.embedded.EmbeddedServerException;
import org.dallemini.embedded.PortInUseException;

/**
 * A schema registry in this JVM, for development and tests only: it listens on loopback, knows neither users nor TLS,
 * and must be the only one on its broker. It speaks the part of Confluent's REST API that Avro clients use, with its
 * error codes: registering, looking up, reading by id and version, compatibility checks and levels. There is no
 * deleting, no schema references, and no type but Avro.
 *
 * <p>What it knows lies in the compacted topic {@code _schemas} of the broker, so it survives restarts as the broker's
 * data does.
 */
public final class EmbeddedSchemaRegistry implements AutoCloseable {
    /** The application's setting for the port, as error messages name it. */
    public static final String PORT_SETTING = "embedded.registry.port";

    private static final int THREADS = 4;

    private final HttpServer server;
    private final ExecutorService threads;
    private final SchemaLog log;

    private EmbeddedSchemaRegistry(HttpServer server, ExecutorService threads, SchemaLog log) {
        this.server = server;
        this.threads = threads;
        this.log = log;
    }

    /**
     * Starts a registry and returns when it serves clients.
     *
     * @param bootstrapServers the broker that keeps the schemas
     * @param port 0 for any free port
     * @throws PortInUseException if {@code port} is taken
     * @throws EmbeddedServerException if it cannot start for another reason
     */
    public static EmbeddedSchemaRegistry start(String bootstrapServers, int port) {
        HttpServer server = bind(port);
        try {
            SchemaLog log = SchemaLog.open(bootstrapServers);
            try {
                return serve(server, log);
            } catch (Throwable t) {
                log.close();
                throw t;
            }
        } catch (Throwable t) {
            server.stop(0);
            throw t;
        }
    }

    private static HttpServer bind(int port) {
        try {
            return HttpServer.create(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 0);
        } catch (BindException e) {
            throw new PortInUseException("schema registry", port, PORT_SETTING, e);
        } catch (IOException e) {
            throw new EmbeddedServerException("The embedded schema registry cannot listen: " + e.getMessage(), e);
        }
    }

    private static EmbeddedSchemaRegistry serve(HttpServer server, SchemaLog log) {
        RegistryApi api = new RegistryApi(SchemaStore.load(log));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "embedded-schema-registry");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", new RegistryHandler(api.routes()));
        server.start();
        return new EmbeddedSchemaRegistry(server, threads, log);
    }

    /** For {@code schema.registry.url}. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Stops serving; does nothing the second time. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        log.close();
    }
}
