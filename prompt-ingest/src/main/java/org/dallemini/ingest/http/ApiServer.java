package org.dallemini.ingest.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.stage.Failures;
import org.dallemini.stage.Health;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.RunningStage;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the HTTP API until it is closed. */
public final class ApiServer implements RunningStage {
    /** As in the readiness page. */
    public static final String NAME = "api";

    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);
    private static final int MAX_CONNECTIONS = 512;
    private static final int MAX_THREADS = 32;
    private static final int MAX_HEADER_BYTES = 8 << 10;
    private static final Duration IDLE = Duration.ofSeconds(30);

    /** When the server stops, idle connections are closed after this time. */
    private static final Duration SHUTDOWN_IDLE = Duration.ofMillis(50);

    /** Requests that are being answered get as long when it stops. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final Server server;
    private final ServerConnector connector;
    private final RoutingHandler handler;
    private final Runnable whenClosing;
    private final Runnable whenClosed;
    private final CountDownLatch ended = new CountDownLatch(1);

    private ApiServer(
            Server server,
            ServerConnector connector,
            RoutingHandler handler,
            Runnable whenClosing,
            Runnable whenClosed) {
        this.server = server;
        this.connector = connector;
        this.handler = handler;
        this.whenClosing = whenClosing;
        this.whenClosed = whenClosed;
    }

    /**
     * Starts a server.
     *
     * @param whenClosing ends what would be waited for
     * @param whenClosed runs when nothing is answered any more
     * @throws ConfigException if the address cannot be listened on
     */
    public static ApiServer listen(
            String host, int port, RoutingHandler handler, Runnable whenClosing, Runnable whenClosed) {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 2);
        threads.setName(NAME);
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(MAX_HEADER_BYTES);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE.toMillis());
        connector.setShutdownIdleTimeout(SHUTDOWN_IDLE.toMillis());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
        server.setHandler(new GracefulHandler(handler));
        server.setErrorHandler(handler::error);
        server.setStopTimeout(STOP_TIMEOUT.toMillis());
        ApiServer api = new ApiServer(server, connector, handler, whenClosing, whenClosed);
        try {
            server.start();
            log.info("The API is served on {}", api.url());
            return api;
        } catch (Exception e) {
            api.close();
            throw new ConfigException("Cannot listen on " + host + ":" + port + " (" + Failures.describe(e)
                    + "): set api.port to a free port, 0 for any, -1 for none");
        }
    }

    /** All that can be asked for. */
    public List<Route> routes() {
        return handler.routes();
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** For example {@code http://127.0.0.1:8080/v1/jobs}. */
    public String url() {
        String host = String.valueOf(connector.getHost());
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port() + "/v1/jobs";
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Health health() {
        if (ended.getCount() == 0) {
            return new Health(State.STOPPED, "");
        }
        return server.isRunning()
                ? new Health(State.RUNNING, "")
                : new Health(State.FAILED, "The HTTP server does not run");
    }

    @Override
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        try {
            whenClosing.run();
            server.stop();
        } catch (Exception e) {
            log.warn("The API did not stop cleanly: {}", Failures.describe(e));
        } finally {
            whenClosed.run();
            ended.countDown();
        }
    }
}
