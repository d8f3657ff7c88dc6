package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.dallemini.events.ImagePreview;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.RoutingHandler;
import org.dallemini.ingest.previews.PreviewPictures;
import org.dallemini.ingest.previews.Previews;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Previews over HTTP, with image decoders that answer as told. */
class PreviewResourceTest {
    private static final String PREVIEW = "/v1/jobs/j/images/p/0/preview";

    private final Previews previews = new Previews(System::nanoTime);
    private final List<FakeImageDecoder> decoders = new ArrayList<>();
    private ApiServer server;
    private Http http;

    @BeforeEach
    void start() throws IOException {
        decoders.add(new FakeImageDecoder());
        decoders.add(new FakeImageDecoder());
        List<URI> uris = decoders.stream().map(FakeImageDecoder::uri).toList();
        PreviewResource resource = new PreviewResource(previews, new PreviewPictures(uris));
        server = ApiServer.listen(
                "127.0.0.1",
                0,
                new RoutingHandler(List.of(resource.route()), new LoopbackAccess(), 1000),
                () -> {},
                () -> {});
        http = new Http(server.port(), null);
    }

    @AfterEach
    void stop() {
        server.close();
        decoders.forEach(FakeImageDecoder::close);
    }

    private void draw(byte... tokens) {
        previews.add(new ImagePreview("p/0", "p", "j", ByteBuffer.wrap(tokens), 4, 2, "00ff"));
    }

    private List<String> asked() {
        return decoders.stream().flatMap(decoder -> decoder.asked.stream()).toList();
    }

    @Test
    void shouldAnswerWithWhatAnImageDecoderMakesOfTheTokens() {
        // Given
        draw(new byte[] {1, 0, 2, 0});

        // When
        HttpResponse<byte[]> reply = http.bytes(PREVIEW);

        // Then
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(reply.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(reply.body()).containsExactly(1, 0, 2, 0);
        assertThat(asked()).containsExactly("POST /decode?rows=4&columns=2 application/octet-stream");
    }

    @Test
    void shouldHaveEachPreviewDecodedOnceForAllWhoWatch() {
        // Given
        draw(new byte[] {1, 0});
        CountDownLatch gate = new CountDownLatch(1);
        decoders.forEach(decoder -> decoder.gate = gate);

        // When
        ExecutorService threads = Executors.newCachedThreadPool();
        List<CompletableFuture<HttpResponse<byte[]>>> watching = new ArrayList<>();
        for (int i = 0; i < 40; i++) { // more than the server has threads
            watching.add(CompletableFuture.supplyAsync(() -> http.bytes(PREVIEW), threads));
        }
        await().until(() -> !asked().isEmpty());
        gate.countDown();

        // Then
        assertThat(watching).allSatisfy(each -> assertThat(each.join().body()).containsExactly(1, 0));
        threads.shutdown();
        assertThat(http.bytes(PREVIEW).body()).containsExactly(1, 0);
        assertThat(asked()).hasSize(1);

        // When
        draw(new byte[] {1, 0, 2, 0});

        // Then
        assertThat(http.bytes(PREVIEW).body()).containsExactly(1, 0, 2, 0);
        assertThat(asked()).hasSize(2);
    }

    @Test
    void shouldAskAnotherImageDecoderWhenOneIsBusyOrAway() {
        // Given
        decoders.get(0).status = 503;

        // Then: whoever's turn it is
        for (byte token = 0; token < 4; token++) {
            draw(new byte[] {token, 0});
            assertThat(http.bytes(PREVIEW).statusCode()).isEqualTo(200);
        }

        // Given
        decoders.get(0).close();

        // Then
        for (byte token = 4; token < 8; token++) {
            draw(new byte[] {token, 0});
            assertThat(http.bytes(PREVIEW).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void shouldAskToComeAgainWhenAllAreBusy() {
        // Given
        draw(new byte[] {1, 0});
        decoders.forEach(decoder -> decoder.status = 503);

        // When
        Http.Reply reply = http.get(PREVIEW);

        // Then
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.code()).isEqualTo("not-available");
        assertThat(reply.response().headers().firstValue("Retry-After")).contains("1");

        // And: a failure is not kept
        decoders.forEach(decoder -> decoder.status = 200);
        assertThat(http.bytes(PREVIEW).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldSayThatTheFilterRefusesIt() {
        // Given
        draw(new byte[] {1, 0});
        decoders.forEach(decoder -> decoder.status = 403);

        // When
        Http.Reply first = http.get(PREVIEW);
        Http.Reply second = http.get(PREVIEW);

        // Then: nobody is asked for it again
        assertThat(first.status()).isEqualTo(403);
        assertThat(first.code()).isEqualTo("content-policy");
        assertThat(second.code()).isEqualTo("content-policy");
        assertThat(asked()).hasSize(1);
    }

    @Test
    void shouldKnowOnlyWhatIsBeingDrawn() {
        // Given
        draw(new byte[] {1, 0});

        // Then
        assertThat(http.get(PREVIEW.replace("/p/0/", "/p/1/")).code()).isEqualTo("unknown-preview");
        assertThat(http.get(PREVIEW.replace("/jobs/j/", "/jobs/k/")).code()).isEqualTo("unknown-preview");
        previews.forget("p/0");
        assertThat(http.get(PREVIEW).status()).isEqualTo(404);
        assertThat(asked()).isEmpty();
    }
}
