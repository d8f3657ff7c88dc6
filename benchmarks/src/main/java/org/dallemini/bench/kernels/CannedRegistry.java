package org.dallemini.bench.kernels;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dallemini.bench.common.Json;

/** Knows every schema that it is asked for. Serdes ask once and remember the answer, so it costs nothing measured. */
final class CannedRegistry implements AutoCloseable {
    private final HttpServer server;
    private final List<String> schemas = new ArrayList<>();

    CannedRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Map<String, Object> body;
        if (exchange.getRequestMethod().equals("POST")) {
            String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            schemas.add(String.valueOf(Json.read(request, Map.class).get("schema")));
            body = Map.of("subject", "any", "version", 1, "id", schemas.size(), "schema", last());
        } else {
            body = Map.of("schema", schemas.get(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)) - 1));
        }
        byte[] bytes = Json.line(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String last() {
        return schemas.get(schemas.size() - 1);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
