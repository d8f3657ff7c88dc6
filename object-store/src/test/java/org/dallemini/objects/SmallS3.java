package org.dallemini.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** As much of an S3 server as it takes to write and read objects, with or without conditional writes. */
final class SmallS3 implements AutoCloseable {
    static final String BUCKET = "images";

    private static final String ERROR = "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>no</Message></Error>";

    /** What becomes of {@code If-None-Match: *}. */
    enum Conditions {
        OBEYED,
        /** Where it is not met, the answer is the one to a read. */
        OBEYED_WITH_304,
        IGNORED,
        REFUSED
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();
    private final HttpServer server;
    volatile Conditions conditions = Conditions.OBEYED;

    /** Whether it answers 501 to all that is written. */
    volatile boolean broken;

    /** Whether it refuses before it has read the content. */
    volatile boolean isHasty;

    SmallS3() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/" + BUCKET + "/", this::serve);
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void put(String key, String content) {
        objects.put(key, content.getBytes(UTF_8));
    }

    /** Those that came since this was asked last. */
    List<String> calls() {
        List<String> last = new ArrayList<>();
        for (String call = calls.poll(); call != null; call = calls.poll()) {
            last.add(call);
        }
        return last;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String key = exchange.getRequestURI().getPath().substring(BUCKET.length() + 2);
            boolean ifAbsent = "*".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
            calls.add(exchange.getRequestMethod() + " " + key + (ifAbsent ? " if absent" : ""));
            if (exchange.getRequestMethod().equals("PUT")) {
                put(exchange, key, ifAbsent);
            } else {
                get(exchange, key);
            }
        }
    }

    private void put(HttpExchange exchange, String key, boolean ifAbsent) throws IOException {
        if (isHasty && ifAbsent && objects.containsKey(key)) {
            answer(exchange, 412, "PreconditionFailed");
            return;
        }
        byte[] content = exchange.getRequestBody().readAllBytes();
        if (broken || ifAbsent && conditions == Conditions.REFUSED) {
            answer(exchange, 501, "NotImplemented");
        } else if (!ifAbsent || conditions == Conditions.IGNORED) {
            objects.put(key, content);
            answer(exchange, 200, "");
        } else if (objects.putIfAbsent(key, content) == null) {
            answer(exchange, 200, "");
        } else if (conditions == Conditions.OBEYED_WITH_304) {
            exchange.sendResponseHeaders(304, -1);
        } else {
            answer(exchange, 412, "PreconditionFailed");
        }
    }

    private void get(HttpExchange exchange, String key) throws IOException {
        byte[] content = objects.get(key);
        if (content == null) {
            answer(exchange, 404, "NoSuchKey");
            return;
        }
        exchange.getResponseHeaders().add("ETag", "\"e\"");
        exchange.getResponseHeaders().add("Last-Modified", "Sun, 22 Nov 2026 23:59:58 GMT");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().add("Content-Length", Integer.toString(content.length));
            exchange.sendResponseHeaders(200, -1);
        } else {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        }
    }

    private static void answer(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getResponseHeaders().add("ETag", "\"e\"");
        exchange.getResponseHeaders().add("Content-Type", "application/xml");
        byte[] body = code.isEmpty() ? new byte[0] : ERROR.formatted(code).getBytes(UTF_8);
        boolean hasBody = body.length > 0 && !exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, hasBody ? body.length : -1);
        if (hasBody) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
