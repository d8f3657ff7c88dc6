package org.dallemini.bench.ceiling;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * An S3 server, as a process, that answers at once: {@code PORT}. It reads what comes, and keeps nothing but the names,
 * by which it obeys {@code If-None-Match}. It checks no signature.
 */
final class InstantStore {
    private static final int THREADS = 16;

    private final Set<String> names = ConcurrentHashMap.newKeySet();

    private InstantStore() {}

    public static void main(String[] args) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 0);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        server.createContext("/", new InstantStore()::answer);
        server.createContext("/readyz", exchange -> end(exchange, 200));
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (InputStream body = exchange.getRequestBody()) {
            body.transferTo(OutputStream.nullOutputStream());
        }
        String path = exchange.getRequestURI().getPath();
        boolean isBucket = path.indexOf('/', 1) < 0;
        if (exchange.getRequestMethod().equals("PUT") && !isBucket) {
            put(exchange, path);
        } else {
            end(exchange, isBucket || names.contains(path) ? 200 : 404);
        }
    }

    private void put(HttpExchange exchange, String path) throws IOException {
        boolean isNew = names.add(path);
        if (isNew || exchange.getRequestHeaders().getFirst("If-None-Match") == null) {
            exchange.getResponseHeaders().set("ETag", "\"00000000000000000000000000000000\"");
            end(exchange, 200);
            return;
        }
        byte[] error = "<Error><Code>PreconditionFailed</Code><Message>It exists</Message></Error>"
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        exchange.sendResponseHeaders(412, error.length);
        exchange.getResponseBody().write(error);
        exchange.close();
    }

    private static void end(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
