package org.dallemini.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.filter.ImageFilter;
import org.dallemini.filter.testing.Redness;
import org.dallemini.images.PreviewEndpoint.Decoding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PreviewEndpointTest {
    private static final String GRID = "rows=2&columns=2";
    private static final String TOKENS = "application/octet-stream";
    private static final int CELL = 4;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Redness redness = new Redness();
    private final ImageFilter filter = redness.filter(Map.of(), new SimpleMeterRegistry());
    private HttpServer server;
    private Decoding decoding = PreviewEndpointTest::paint;

    /** Each cell in the level of its token. */
    private static Optional<RgbImage> paint(int[] tokens, Duration timeout) {
        byte[] rgb = new byte[3 * 4 * CELL * CELL];
        for (int i = 0; i < rgb.length; i++) {
            int x = i / 3 % (2 * CELL);
            int y = i / 3 / (2 * CELL);
            rgb[i] = (byte) tokens[y / CELL * 2 + x / CELL];
        }
        return Optional.of(new RgbImage(2 * CELL, 2 * CELL, rgb));
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                new PreviewEndpoint(
                                (tokens, timeout) -> decoding.decode(tokens, timeout),
                                filter,
                                2,
                                2,
                                Duration.ofSeconds(5))
                        .handle(exchange);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldAnswerWithWhatIsDrawnAndGreyForTheRest() throws Exception {
        // When
        HttpResponse<byte[]> answer = post(GRID, TOKENS, 10, 0, 44, 1);

        // Then: tokens 10 and 300, the second one's level is that of its lower byte
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("image/png");
        int[] rgb = Pngs.rgb(ByteBuffer.wrap(answer.body()));
        assertThat(Arrays.copyOfRange(rgb, 0, 3)).containsOnly(10);
        assertThat(Arrays.copyOfRange(rgb, 3 * CELL, 3 * CELL + 3)).containsOnly(44);
        assertThat(Arrays.copyOfRange(rgb, rgb.length - 3, rgb.length)).containsOnly(PartialGrid.GREY);
    }

    @Test
    void shouldRefuseWhatItCannotDecode() throws Exception {
        assertThat(post(GRID, "text/plain", 1, 0).statusCode()).isEqualTo(415);
        assertThat(post("rows=2", TOKENS, 1, 0).statusCode()).isEqualTo(400);
        assertThat(post("rows=2&columns=3", TOKENS, 1, 0).statusCode()).isEqualTo(422);
        assertThat(post(GRID, TOKENS).statusCode()).isEqualTo(400);
        assertThat(post(GRID, TOKENS, 1).statusCode()).isEqualTo(400);
        assertThat(post(GRID, TOKENS, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0).statusCode())
                .isEqualTo(400);
        HttpRequest get = HttpRequest.newBuilder(uri(GRID)).build();
        assertThat(client.send(get, BodyHandlers.ofByteArray()).statusCode()).isEqualTo(405);
    }

    @Test
    void shouldNotShowWhatTheFilterRefuses() throws Exception {
        // When: the first token is the level of the first pixel
        HttpResponse<byte[]> answer = post(GRID, TOKENS, 255, 0, 44, 1);

        // Then
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(new String(answer.body(), UTF_8)).startsWith("content-policy: ");
    }

    @Test
    void shouldShowNothingThatCannotBeJudged() throws Exception {
        // Given
        redness.setBroken(true);

        // When
        HttpResponse<byte[]> answer = post(GRID, TOKENS, 10, 0);

        // Then
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(new String(answer.body(), UTF_8)).contains("broken");
    }

    @Test
    void shouldAskToComeAgainWhenThereIsNoTime() throws Exception {
        // Given
        decoding = (tokens, timeout) -> Optional.empty();

        // When
        HttpResponse<byte[]> answer = post(GRID, TOKENS, 1, 0);

        // Then
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    }

    @Test
    void shouldSayThatDecodingFails() throws Exception {
        // Given
        decoding = (tokens, timeout) -> {
            throw new ExecutionException(new IllegalStateException("no memory"));
        };

        // When
        HttpResponse<byte[]> answer = post(GRID, TOKENS, 1, 0);

        // Then
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(new String(answer.body(), UTF_8)).contains("no memory");
    }

    private HttpResponse<byte[]> post(String query, String type, int... bytes) throws Exception {
        byte[] body = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            body[i] = (byte) bytes[i];
        }
        HttpRequest request = HttpRequest.newBuilder(uri(query))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return client.send(request, BodyHandlers.ofByteArray());
    }

    private URI uri(String query) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + PreviewEndpoint.PATH + "?" + query);
    }
}
