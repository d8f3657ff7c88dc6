package org.dallemini.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /livez} and {@code /readyz} (200 or 503, with each stage's state and what it waits for as JSON) and
 * {@code /metrics} (Prometheus' text format), and the endpoints that stages have of their own. Without authentication,
 * hence on loopback unless configured otherwise.
 */
public final class ManagementServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    /** An endpoint of a stage may hold one for some seconds. */
    private static final int THREADS = 4;

    private final HttpServer server;
    private final ExecutorService executor;

    private ManagementServer(HttpServer server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
    }

    /** The answer for {@code /livez} and {@code /readyz}. */
    private record Report(boolean ok, List<StageReport> stages) {}

    private record StageReport(String name, String state, String detail) {}

    /**
     * Starts the server at {@code management.host} and {@code management.port}; null if the port is -1.
     *
     * @param stages looked at anew for each request, so more may be added if the list allows that
     * @throws ConfigException if the address cannot be listened on
     */
    public static @Nullable ManagementServer start(
            StageConfig config, List<? extends RunningStage> stages, PrometheusMeterRegistry registry) {
        int port = config.getInt(StageConfig.MANAGEMENT_PORT);
        return port < 0 ? null : start(config.getString(StageConfig.MANAGEMENT_HOST), port, stages, registry);
    }

    /**
     * @param port 0 for any free one
     * @throws ConfigException if the address cannot be listened on
     */
    public static ManagementServer start(
            String host, int port, List<? extends RunningStage> stages, PrometheusMeterRegistry registry) {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(host, port), 0);
        } catch (BindException e) {
            throw new ConfigException("Cannot listen on " + host + ":" + port + " (" + e.getMessage()
                    + "): set management.port to a free port, 0 for any, -1 for none");
        } catch (IOException | RuntimeException e) {
            throw new ConfigException("Cannot listen on management.host " + host + ":" + port + ": " + e);
        }
        ExecutorService executor = Executors.newFixedThreadPool(THREADS, task -> {
            var thread = new Thread(task, "management");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(executor);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange, stages, registry);
            }
        });
        server.start();
        return new ManagementServer(server, executor);
    }

    private static void answer(
            HttpExchange exchange, List<? extends RunningStage> stages, PrometheusMeterRegistry registry)
            throws IOException {
        String path = exchange.getRequestURI().getPath();
        for (RunningStage stage : stages) {
            HttpHandler endpoint = stage.endpoints().get(path);
            if (endpoint != null) {
                endpoint.handle(exchange);
                return;
            }
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            send(exchange, 405, "text/plain", "Only GET and HEAD\n");
            return;
        }
        switch (path) {
            case "/livez" -> report(exchange, stages, Health::isLive);
            case "/readyz" -> report(exchange, stages, Health::isReady);
            case "/metrics" -> send(exchange, 200, PROMETHEUS_TEXT, registry.scrape());
            default -> send(exchange, 404, "text/plain", "There are /livez, /readyz and /metrics\n");
        }
    }

    private static void report(HttpExchange exchange, List<? extends RunningStage> stages, Predicate<Health> isWell)
            throws IOException {
        // One look at each: its state must not change between the verdict and the report.
        var reports = new ArrayList<StageReport>();
        boolean ok = true;
        for (RunningStage stage : stages) {
            Health health = stage.health();
            ok &= isWell.test(health);
            reports.add(new StageReport(stage.name(), health.state().name(), health.detail()));
        }
        send(exchange, ok ? 200 : 503, "application/json", json(new Report(ok, reports)));
    }

    private static String json(Report report) {
        try {
            return JSON.writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean headOnly = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, headOnly ? -1 : bytes.length);
        if (!headOnly) {
            exchange.getResponseBody().write(bytes);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
