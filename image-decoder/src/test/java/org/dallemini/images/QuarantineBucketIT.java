package org.dallemini.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.S3Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real S3 server. */
class QuarantineBucketIT {
    private static final Duration RETENTION = Duration.ofDays(7);

    @TempDir
    Path dir;

    private EmbeddedObjectStore server;
    private MinioObjectStore store;
    private QuarantineBucket quarantine;

    @BeforeEach
    void start() {
        server = EmbeddedObjectStore.start(dir, 0, "access", "secret");
        store = new MinioObjectStore(new S3Settings(
                server.endpoint(),
                "us-east-1",
                "access",
                "secret",
                "refused-here",
                true,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                3,
                null));
        quarantine = new QuarantineBucket(store, RETENTION);
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    @Test
    void shouldKeepThePictureThatWasRefusedLast() throws IOException {
        // When
        quarantine.keep("p/0", () -> "first".getBytes(UTF_8));

        // Then
        assertThat(quarantine.keep("p/0", () -> "second".getBytes(UTF_8))).hasValue("refused-here/refused/p/0.png");
        assertThat(content("refused/p/0.png")).isEqualTo("second");
        assertThat(store.stat("refused/p/0.png"))
                .hasValueSatisfying(object -> assertThat(object.contentType()).isEqualTo("image/png"));
    }

    @Test
    void shouldKeepNothingUnderAnIdThatNoImageHas() throws IOException {
        store.ensureBucket();
        for (String id : List.of("../p/0", "p/0/1", "p", "p/x", "")) {
            assertThat(quarantine.keep(id, () -> new byte[1])).isEmpty();
            quarantine.release(id);
        }
        assertThat(keys()).isEmpty();
    }

    @Test
    void shouldForgetWhatIsReleased() throws IOException {
        // Given
        keep("p/0", "p/1");

        // When
        quarantine.release("p/0");
        quarantine.release("p/0");

        // Then
        assertThat(keys()).containsExactly("refused/p/1.png");
    }

    @Test
    void shouldForgetDeletedImagesAndThenOldOnesAndNothingElse() throws IOException {
        // Given
        keep("p/0", "p/1");
        store.create("p/2.png", new byte[1], "image/png", Map.of());
        store.create("refused/notes.txt", new byte[1], "text/plain", Map.of());
        Instant now = Instant.now();

        // When
        quarantine.sweep("p/0"::equals, now);

        // Then
        assertThat(keys()).containsExactlyInAnyOrder("refused/p/1.png", "refused/notes.txt", "p/2.png");

        // When
        quarantine.sweep(id -> false, now.plus(RETENTION).minusSeconds(60));
        assertThat(keys()).contains("refused/p/1.png");
        quarantine.sweep(id -> false, now.plus(RETENTION).plusSeconds(60));

        // Then
        assertThat(keys()).containsExactlyInAnyOrder("refused/notes.txt", "p/2.png");
    }

    private void keep(String... imageIds) throws IOException {
        for (String id : imageIds) {
            quarantine.keep(id, () -> id.getBytes(UTF_8));
        }
    }

    private String content(String key) throws IOException {
        try (var in = store.get(key)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private List<String> keys() throws IOException {
        List<String> keys = new ArrayList<>();
        store.list("", (key, written) -> keys.add(key));
        return keys;
    }
}
