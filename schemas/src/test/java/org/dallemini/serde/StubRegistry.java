package org.dallemini.serde;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.apache.avro.Schema;

/** An HTTP server that gives prepared answers: for what a real registry does only when it is ill. */
final class StubRegistry implements AutoCloseable {
    record Answer(int status, String body) {}

    /** What was asked, as {@code GET /path}, and with which Authorization header ("" for none). */
    record Call(String what, String authorization) {}

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Queue<Answer> first = new ConcurrentLinkedQueue<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    StubRegistry() throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    StubRegistry(HttpServer server) {
        this.server = server;
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::handle);
        server.start();
    }

    StubRegistry answer(String method, String path, int status, String body) {
        answers.put(method + " " + path, new Answer(status, body));
        return this;
    }

    StubRegistry schema(int id, Schema schema) {
        return answer("GET", "/schemas/ids/" + id, 200, schemaBody(schema));
    }

    static String schemaBody(Schema schema) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("schema", schema.toString())
                .toString();
    }

    /** Gives this answer to the next call, whatever it is. */
    StubRegistry answerNext(int status, String body) {
        first.add(new Answer(status, body));
        return this;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            String what =
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            calls.add(new Call(what, authorization == null ? "" : authorization));
            Answer prepared = first.poll();
            Answer answer = prepared != null
                    ? prepared
                    : answers.getOrDefault(what, new Answer(404, "{\"error_code\":40403,\"message\":\"not here\"}"));
            byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    List<Call> calls() {
        return List.copyOf(calls);
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    /** Settings without waits between repetitions. */
    Map<String, Object> settings() {
        return Map.of("schema.registry.url", url(), "retries.wait.ms", 0, "max.retries", 1);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
