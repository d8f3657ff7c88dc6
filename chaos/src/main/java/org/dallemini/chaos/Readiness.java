package org.dallemini.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Asks {@code /readyz} of each stage over and over, as an orchestrator does, and writes down each change. */
final class Readiness implements AutoCloseable {
    private static final long POLL_MILLIS = 200;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final Map<StageKind, Integer> ports;
    private final List<Sight> sights = new ArrayList<>();
    private final Map<StageKind, Sight> last = new EnumMap<>(StageKind.class);
    private final Thread thread;
    private volatile boolean closed;

    /**
     * What a stage said.
     *
     * @param nanos when, of {@link System#nanoTime}
     * @param status of the answer, 0 if there was none
     */
    record Sight(long nanos, StageKind kind, int status, String state, String detail) {
        boolean isReady() {
            return status == 200;
        }

        private boolean saysTheSameAs(Sight other) {
            return status == other.status && state.equals(other.state) && detail.equals(other.detail);
        }
    }

    private Readiness(Map<StageKind, Integer> ports) {
        this.ports = ports;
        this.thread = new Thread(this::run, "readiness");
        this.thread.setDaemon(true);
    }

    static Readiness watch(Map<StageKind, Integer> managementPorts) {
        var readiness = new Readiness(managementPorts);
        readiness.thread.start();
        return readiness;
    }

    private void run() {
        try {
            while (!closed) {
                for (var port : ports.entrySet()) {
                    see(look(port.getKey(), port.getValue()));
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private Sight look(StageKind kind, int port) throws InterruptedException {
        try {
            HttpResponse<String> answer = get(http, port, "/readyz");
            JsonNode stage = JSON.readTree(answer.body()).path("stages").path(0);
            return new Sight(
                    System.nanoTime(),
                    kind,
                    answer.statusCode(),
                    stage.path("state").asText(),
                    stage.path("detail").asText());
        } catch (IOException e) {
            return new Sight(System.nanoTime(), kind, 0, "UNREACHABLE", "");
        }
    }

    static HttpResponse<String> get(HttpClient http, int port, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(TIMEOUT)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private synchronized void see(Sight sight) {
        Sight before = last.put(sight.kind(), sight);
        if (before == null || !before.saysTheSameAs(sight)) {
            sights.add(sight);
        }
    }

    synchronized boolean isAllReady() {
        return last.size() == ports.size() && last.values().stream().allMatch(Sight::isReady);
    }

    /** What was wrong between two moments, one entry for each stage and text. */
    synchronized Set<String> troubles(long from, long to) {
        var troubles = new LinkedHashSet<String>();
        sights.stream()
                .filter(s -> !s.isReady() && s.nanos() - from >= 0 && s.nanos() - to < 0)
                .forEach(s -> troubles.add(s.kind().command() + ": " + s.detail()));
        return troubles;
    }

    /** How long after a moment a stage first said that it is not ready in such words. */
    synchronized Optional<Duration> saidAfter(long from, StageKind kind, Pattern words) {
        return sights.stream()
                .filter(s -> s.kind() == kind && !s.isReady() && s.nanos() - from >= 0)
                .filter(s -> words.matcher(s.detail()).find())
                .findFirst()
                .map(s -> Duration.ofNanos(s.nanos() - from));
    }

    @Override
    public synchronized String toString() {
        return last.values().toString();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
