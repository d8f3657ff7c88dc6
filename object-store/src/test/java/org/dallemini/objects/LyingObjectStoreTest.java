package org.dallemini.objects;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that answers, and not as S3 does: never taken for a success, never for the image's fault, and soon over. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LyingObjectStoreTest {
    private static final String ERROR = "<?xml version=\"1.0\"?><Error><Code>InternalError</Code></Error>";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpHandler handler) {
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                if (exchange.getRequestMethod().equals("HEAD")) {
                    exchange.sendResponseHeaders(404, -1); // nothing is there
                } else {
                    handler.handle(exchange);
                }
            }
        });
    }

    private static ObjectStoreException failedPut(int port) {
        try (MinioObjectStore store = new MinioObjectStore(new S3Settings(
                "http://127.0.0.1:" + port,
                "us-east-1",
                "access",
                "secret-key",
                "images",
                false,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                8,
                null))) {
            return catchThrowableOfType(
                    ObjectStoreException.class, () -> store.create("p/0.png", new byte[10], "image/png", Map.of()));
        }
    }

    private ObjectStoreException failedPut() {
        return failedPut(server.getAddress().getPort());
    }

    @Test
    void shouldNotBelieveSuccessWithAnErrorInside() {
        answer(exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            exchange.sendResponseHeaders(200, ERROR.length());
            exchange.getResponseBody().write(ERROR.getBytes(UTF_8));
        });
        assertThat(failedPut().kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void shouldNotBelieveSuccessWithAnErrorInsideAndAnEntityTag() {
        answer(exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            exchange.getResponseHeaders().add("ETag", "\"d41d8cd98f00b204e9800998ecf8427e\"");
            exchange.sendResponseHeaders(200, ERROR.length());
            exchange.getResponseBody().write(ERROR.getBytes(UTF_8));
        });
        assertThat(failedPut().kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void shouldNotFollowRedirectsForEver() {
        AtomicInteger calls = new AtomicInteger();
        answer(exchange -> {
            exchange.getResponseHeaders()
                    .add("Location", "http://127.0.0.1:" + server.getAddress().getPort() + "/x" + calls.get());
            exchange.sendResponseHeaders(calls.incrementAndGet() % 2 == 0 ? 307 : 301, -1);
        });
        assertThat(failedPut().kind()).isIn(Kind.UNAVAILABLE, Kind.MISCONFIGURED);
        assertThat(calls.get()).isLessThan(50);
    }

    @Test
    void shouldNotReadAHugeAnswer() {
        AtomicInteger megabytes = new AtomicInteger();
        answer(exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            exchange.sendResponseHeaders(500, 0);
            byte[] megabyte = new byte[1 << 20];
            while (megabytes.get() < 100_000) {
                exchange.getResponseBody().write(megabyte);
                megabytes.incrementAndGet();
            }
        });
        assertThat(failedPut().kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(megabytes.get()).as("what OkHttp discards in 100 ms").isLessThan(10_000);
    }

    @Test
    @SuppressWarnings("FutureReturnValueIgnored") // ends with the listener
    void shouldNotBelieveAnAnswerThatIsCutOff() throws IOException {
        for (String cut : new String[] {
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 100\r\n\r\nhalf"
        }) {
            try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                threads.submit(() -> answerAll(listener, cut));
                assertThat(failedPut(listener.getLocalPort()).kind())
                        .as("after \"%s\"", cut)
                        .isEqualTo(Kind.UNAVAILABLE);
            }
        }
    }

    /** Sends this much and closes its half of the connection, which it goes on reading. */
    private static Void answerAll(ServerSocket listener, String answer) throws IOException {
        while (true) {
            try (Socket socket = listener.accept()) {
                socket.getInputStream().read();
                socket.getOutputStream().write(answer.getBytes(UTF_8));
                socket.shutdownOutput();
                socket.setSoTimeout(200);
                try (InputStream rest = socket.getInputStream()) {
                    rest.transferTo(OutputStream.nullOutputStream());
                }
            } catch (SocketTimeoutException e) {
                // the client sends no more: next
            }
        }
    }
}
