package org.dallemini.embedded.registry;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.dallemini.embedded.EmbeddedServerException;
import org.dallemini.embedded.PortInUseException;
import org.jspecify.annotations.Nullable;

/**
 * A schema registry in this JVM, for development and tests only: it listens on loopback and must be the only one on its
 * broker. Users and TLS are there for tests of clients that will meet such a registry. It speaks the part of
 * Confluent's REST API that Avro clients use, with its error codes: registering, looking up, reading by id and version,
 * compatibility checks and levels. There is no deleting, no schema references, and no type but Avro.
 *
 * <p>What it knows lies in the compacted topic {@code _schemas} of the broker, so it survives restarts as the broker's
 * data does.
 */
public final class EmbeddedSchemaRegistry implements AutoCloseable {
    /** The application's setting for the port, as error messages name it. */
    public static final String PORT_SETTING = "embedded.registry.port";

    private static final int THREADS = 4;

    static {
        // The JDK's server sends head and body apart; without this the body waits 40 ms until the head is acknowledged.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final SchemaLog log;

    private EmbeddedSchemaRegistry(HttpServer server, ExecutorService threads, SchemaLog log) {
        this.server = server;
        this.threads = threads;
        this.log = log;
    }

    /** Same as {@link #start(Map, int, RegistrySecurity)} for everybody on this machine. */
    public static EmbeddedSchemaRegistry start(String bootstrapServers, int port) {
        return start(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers), port, null);
    }

    /**
     * Starts a registry and returns when it serves clients.
     *
     * @param kafka settings for clients of the broker that keeps the schemas
     * @param security who may speak with it; null for everybody on this machine, over HTTP
     * @param port 0 for any free port
     * @throws PortInUseException if {@code port} is taken
     * @throws EmbeddedServerException if it cannot start for another reason
     */
    public static EmbeddedSchemaRegistry start(Map<String, ?> kafka, int port, @Nullable RegistrySecurity security) {
        HttpServer server = bind(port, security);
        try {
            SchemaLog log = SchemaLog.open(kafka);
            try {
                return serve(server, log, security);
            } catch (Throwable t) {
                log.close();
                throw t;
            }
        } catch (Throwable t) {
            server.stop(0);
            throw t;
        }
    }

    private static HttpServer bind(int port, @Nullable RegistrySecurity security) {
        try {
            var address = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
            if (security == null) {
                return HttpServer.create(address, 0);
            }
            HttpsServer server = HttpsServer.create(address, 0);
            server.setHttpsConfigurator(new HttpsConfigurator(security.key().sslContext()));
            return server;
        } catch (BindException e) {
            throw new PortInUseException("schema registry", port, PORT_SETTING, e);
        } catch (IOException e) {
            throw new EmbeddedServerException("The embedded schema registry cannot listen: " + e.getMessage(), e);
        }
    }

    private static EmbeddedSchemaRegistry serve(HttpServer server, SchemaLog log, @Nullable RegistrySecurity security) {
        RegistryApi api = new RegistryApi(SchemaStore.load(log));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "embedded-schema-registry");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        HttpContext everything = server.createContext("/", new RegistryHandler(api.routes()));
        if (security != null) {
            everything.setAuthenticator(security.authenticator());
        }
        server.start();
        return new EmbeddedSchemaRegistry(server, threads, log);
    }

    /** For {@code schema.registry.url}. */
    public String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:" + port();
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
