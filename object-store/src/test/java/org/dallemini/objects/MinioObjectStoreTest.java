package org.dallemini.objects;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the store makes of answers that a healthy S3 server does not give. */
class MinioObjectStoreTest {
    private final ExecutorService serverThreads = Executors.newCachedThreadPool();
    private HttpServer server;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private MinioObjectStore store;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(serverThreads);
        server.start();
        store = store(server.getAddress().getPort(), TIMEOUT);
    }

    private static MinioObjectStore store(int port, Duration timeout) {
        return new MinioObjectStore(new S3Settings(
                "http://127.0.0.1:" + port,
                "us-east-1",
                "access",
                "secret-key",
                "images",
                false,
                timeout,
                timeout,
                8,
                null));
    }

    /** Amazon's S3 and versitygw refuse a request that names us-east-1. */
    @ParameterizedTest
    @CsvSource({"us-east-1, ''", "eu-west-1, eu-west-1"})
    void shouldNameTheRegionOfANewBucketUnlessItIsTheFirst(String region, String named) throws Exception {
        // Given
        List<String> asked = new CopyOnWriteArrayList<>();
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            if (!isAbsent(exchange)) {
                asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                        + body.replaceAll("<[^>]*>", ""));
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            }
        });

        // When
        try (MinioObjectStore other = new MinioObjectStore(new S3Settings(
                "http://127.0.0.1:" + server.getAddress().getPort(),
                region,
                "access",
                "secret-key",
                "images",
                true,
                TIMEOUT,
                TIMEOUT,
                8,
                null))) {
            other.ensureBucket();
        }

        // Then
        assertThat(asked).containsExactly("PUT /images " + named);
    }

    @AfterEach
    void stop() {
        store.close();
        server.stop(0);
        serverThreads.shutdownNow();
    }

    /** To all but the question whether an object is there, which is not. */
    private void answer(int status, String contentType, String body) {
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            if (isAbsent(exchange)) {
                return;
            }
            exchange.getResponseHeaders().add("Content-Type", contentType);
            exchange.sendResponseHeaders(status, body.isEmpty() ? -1 : body.length());
            exchange.getResponseBody().write(body.getBytes(UTF_8));
            exchange.close();
        });
    }

    private static boolean isAbsent(HttpExchange exchange) throws IOException {
        boolean isAsked = exchange.getRequestMethod().equals("HEAD");
        if (isAsked) {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        }
        return isAsked;
    }

    private ObjectStoreException failedPut() {
        return catchThrowableOfType(
                ObjectStoreException.class, () -> store.create("p/0.png", new byte[10], "image/png", Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "503, SlowDown, UNAVAILABLE",
        "500, InternalError, UNAVAILABLE",
        "429, TooManyRequests, UNAVAILABLE",
        "409, OperationAborted, UNAVAILABLE",
        "409, ConditionalRequestConflict, UNAVAILABLE",
        "507, XMinioStorageFull, UNAVAILABLE",
        "403, AccessDenied, MISCONFIGURED",
        "403, InvalidAccessKeyId, MISCONFIGURED",
        "403, SignatureDoesNotMatch, MISCONFIGURED",
        "404, NoSuchBucket, MISCONFIGURED",
        "400, AuthorizationHeaderMalformed, MISCONFIGURED",
        "400, KeyTooLongError, REFUSED",
    })
    void shouldSortErrors(int status, String code, Kind kind) {
        // Given
        answer(
                status,
                "application/xml",
                "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>the reason</Message></Error>");

        // When
        ObjectStoreException e = failedPut();

        // Then
        assertThat(e.kind()).isEqualTo(kind);
        assertThat(e)
                .hasMessageContaining(code)
                .hasMessageContaining("the reason")
                .hasMessageContaining("'images'");
        assertThat(e.getMessage()).doesNotContain("secret-key");
    }

    @ParameterizedTest
    @CsvSource({"204, ''", "404, NoSuchKey"})
    void shouldTakeAnObjectThatIsMissingForDeleted(int status, String code) throws Exception {
        // Given
        answer(
                status,
                "application/xml",
                code.isEmpty()
                        ? ""
                        : "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>m</Message></Error>");

        // When, Then: no exception
        store.delete("p/0.png");
    }

    @Test
    void shouldSayWhyItCannotDelete() {
        // Given
        answer(
                403,
                "application/xml",
                "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>m</Message></Error>");

        // When, Then
        assertThatExceptionOfType(ObjectStoreException.class)
                .isThrownBy(() -> store.delete("p/0.png"))
                .withMessageContaining("Cannot delete p/0.png")
                .withMessageContaining("may list, read, write and delete")
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.MISCONFIGURED));
    }

    /** A refusal of HEAD has no body that would say why. */
    @Test
    void shouldSayWhyNothingCanBeLookedUp() {
        // Given
        server.createContext("/", exchange -> {
            String body =
                    "<?xml version=\"1.0\"?><Error><Code>RequestTimeTooSkewed</Code><Message>too far</Message></Error>";
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(403, isHead ? -1 : body.length());
            if (!isHead) {
                exchange.getResponseBody().write(body.getBytes(UTF_8));
            }
            exchange.close();
        });

        // When
        ObjectStoreException e = failedPut();

        // Then
        assertThat(e.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(e).hasMessageEndingWith("check this machine's clock");
    }

    @Test
    void shouldSayThatTheClockIsWrong() {
        // Given: what a store answers to a request that was signed a day ago, or will be
        answer(
                403,
                "application/xml",
                "<?xml version=\"1.0\"?><Error><Code>RequestTimeTooSkewed</Code><Message>too far</Message></Error>");

        // When
        ObjectStoreException e = failedPut();

        // Then: of a kind that the stage waits out
        assertThat(e.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(e).hasMessageEndingWith("check this machine's clock");
    }

    @Test
    void shouldNotReadAnEndlessErrorIntoMemory() {
        // Given
        answer(
                500,
                "application/xml",
                "<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>" + "x".repeat(1 << 20)
                        + "</Message></Error>");

        // When
        ObjectStoreException e = failedPut();

        // Then
        assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(e.getMessage()).hasSizeLessThan(100_000);
    }

    @Test
    void shouldTakeProxysErrorPageForAnOutage() {
        answer(502, "text/html", "<html>Bad gateway</html>");
        assertThat(failedPut().kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void shouldNotTrustSuccessWithoutEntityTag() {
        answer(200, "text/html", "<html>Welcome to the proxy</html>");
        assertThat(failedPut().kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failedPut()).hasMessageContaining("not the answer of an S3 server");
    }

    @Test
    void shouldReportServerThatIsDown() throws IOException {
        // Given
        int unused;
        try (ServerSocket socket = new ServerSocket(0)) {
            unused = socket.getLocalPort();
        }
        store.close();
        store = store(unused, TIMEOUT);

        // When / Then
        assertThat(failedPut().kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failedPut()).hasMessageContaining("127.0.0.1");
    }

    @Test
    void shouldGiveUpOnServerThatDoesNotAnswer() {
        // Given
        CountDownLatch never = new CountDownLatch(1);
        server.createContext("/", exchange -> {
            try {
                never.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        store.close();
        store = store(server.getAddress().getPort(), Duration.ofMillis(500));

        // When / Then
        assertThat(failedPut().kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    @SuppressWarnings("FutureReturnValueIgnored") // the count tells
    void shouldUseAsManyConnectionsAsAllowed() throws Exception {
        // Given: a server that answers only once eight calls are there
        CountDownLatch eight = new CountDownLatch(8);
        AtomicInteger stored = new AtomicInteger();
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            if (isAbsent(exchange)) {
                return;
            }
            eight.countDown();
            try {
                eight.await(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.getResponseHeaders().add("ETag", "\"e\"");
            exchange.sendResponseHeaders(eight.getCount() == 0 ? 200 : 503, -1);
            exchange.close();
        });

        // When
        ExecutorService uploads = Executors.newFixedThreadPool(8);
        for (int i = 0; i < 8; i++) {
            String key = "p/" + i;
            uploads.submit(() -> {
                store.create(key, new byte[10], "image/png", Map.of());
                return stored.incrementAndGet();
            });
        }
        uploads.shutdown();

        // Then
        assertThat(uploads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(stored).hasValue(8);
    }
}
