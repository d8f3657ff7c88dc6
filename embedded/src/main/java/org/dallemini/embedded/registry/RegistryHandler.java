package org.dallemini.embedded.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dallemini.embedded.registry.RegistryRoute.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the route of an HTTP request and answers in JSON. */
final class RegistryHandler implements HttpHandler {
    private static final Logger log = LoggerFactory.getLogger(RegistryHandler.class);
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int MAX_REQUEST_BYTES = 8 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<RegistryRoute> routes;

    RegistryHandler(List<RegistryRoute> routes) {
        this.routes = routes;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                reply(exchange, 200, answer(exchange));
            } catch (RegistryError e) {
                reply(exchange, e.status(), Map.of("error_code", e.code(), "message", e.getMessage()));
            } catch (RuntimeException e) {
                log.error(
                        "The schema registry failed on {} {}",
                        exchange.getRequestMethod(),
                        exchange.getRequestURI(),
                        e);
                reply(exchange, 500, Map.of("error_code", 500, "message", e.toString()));
            }
        }
    }

    private Object answer(HttpExchange exchange) throws IOException {
        List<String> path = RegistryRoute.segments(exchange.getRequestURI().getRawPath()).stream()
                .map(RegistryHandler::decode)
                .toList();
        boolean known = false;
        for (RegistryRoute route : routes) {
            Optional<List<String>> arguments = route.match(path);
            if (arguments.isPresent() && route.method().equals(exchange.getRequestMethod())) {
                Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
                return route.handler().answer(new Request(arguments.get(), query, body(exchange)));
            }
            known |= arguments.isPresent();
        }
        throw known ? RegistryError.noSuchMethod() : RegistryError.noSuchPath();
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw != null) {
            for (String pair : raw.split("&")) {
                String[] parts = pair.split("=", 2);
                query.put(decode(parts[0]), parts.length == 1 ? "" : decode(parts[1]));
            }
        }
        return query;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RegistryError.badRequest("Not a valid address: " + text);
        }
    }

    private static JsonNode body(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readNBytes(MAX_REQUEST_BYTES + 1);
        if (bytes.length > MAX_REQUEST_BYTES) {
            throw RegistryError.badRequest("More than " + MAX_REQUEST_BYTES + " bytes");
        }
        return bytes.length == 0 ? MissingNode.getInstance() : parse(new String(bytes, StandardCharsets.UTF_8));
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw RegistryError.badRequest("Not JSON: " + e.getOriginalMessage());
        }
    }

    private static void reply(HttpExchange exchange, int status, Object answer) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", MEDIA_TYPE);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
