package org.dallemini.models.testing;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** One wrong answer of a {@link FakeHub}, in place of the right one. */
public interface Fault {

    /** @param content that the right answer would have */
    void answer(HttpExchange exchange, byte[] content) throws IOException;

    /** The connection is cut after so many bytes of the part that was asked for. */
    static Fault cutAfter(int bytes) {
        return (exchange, content) -> {
            int from = FakeHub.from(exchange);
            FakeHub.begin(exchange, content, from);
            exchange.getResponseBody().write(content, from, bytes);
            exchange.getResponseBody().flush();
            exchange.close();
        };
    }

    /** As {@link #cutAfter}, by a server that knows no ranges. */
    static Fault wholeCutAfter(int bytes) {
        return (exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, bytes);
            exchange.getResponseBody().flush();
            exchange.close();
        };
    }

    /** All of the file, whatever range was asked for. */
    static Fault whole() {
        return (exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(content);
            }
        };
    }

    /** The first bytes, then silence until the latch opens. */
    static Fault silentAfter(int bytes, CountDownLatch until) {
        return (exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, bytes);
            exchange.getResponseBody().flush();
            try {
                until.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        };
    }

    /** Another content of the same length. */
    static Fault damaged() {
        return (exchange, content) -> {
            byte[] other = content.clone();
            other[other.length / 2] ^= 1;
            whole().answer(exchange, other);
        };
    }

    /** More or fewer bytes than there should be, and a length that says so. */
    static Fault resized(int by) {
        return (exchange, content) -> whole().answer(exchange, Arrays.copyOf(content, content.length + by));
    }

    /** As {@link #resized}, but chunked: nothing says how much will come. */
    static Fault endless(int more) {
        return (exchange, content) -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(Arrays.copyOf(content, content.length + more));
            }
        };
    }

    /** @param headers name, value, name, value ... */
    static Fault status(int status, String... headers) {
        return (exchange, content) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        };
    }
}
