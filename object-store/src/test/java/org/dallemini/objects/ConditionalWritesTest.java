package org.dallemini.objects;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.dallemini.objects.SmallS3.Conditions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that obey {@code If-None-Match: *}, and those that do not. */
class ConditionalWritesTest {
    private final SmallS3 server = new SmallS3();
    private final MinioObjectStore store = store();

    private MinioObjectStore store() {
        return new MinioObjectStore(new S3Settings(
                server.endpoint(),
                "us-east-1",
                "access",
                "secret-key",
                SmallS3.BUCKET,
                false,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                16,
                null));
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    /** Whether it was written. */
    private boolean create(String key, String content) throws ObjectStoreException {
        return store.create(key, content.getBytes(UTF_8), "image/png", Map.of()).isPresent();
    }

    private String read(String key) throws IOException {
        try (InputStream in = store.get(key)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @ParameterizedTest
    @EnumSource(Conditions.class)
    void shouldLeaveWhatIsThereAsItIs(Conditions conditions) throws Exception {
        // Given
        server.conditions = conditions;
        server.put("old", "of another time");
        for (String key : new String[] {"old", "a", "b"}) {
            // When
            boolean first = create(key, "first");
            boolean second = create(key, "second");

            // Then
            assertThat(first).isEqualTo(!key.equals("old"));
            assertThat(second).isFalse();
            assertThat(read(key)).isEqualTo(key.equals("old") ? "of another time" : "first");
        }
    }

    @ParameterizedTest
    @EnumSource(Conditions.class)
    void shouldLetOneOfManyWritersWin(Conditions conditions) throws Exception {
        // Given
        server.conditions = conditions;
        ExecutorService writers = Executors.newFixedThreadPool(8);
        for (int round = 0; round < 20; round++) {
            String key = "p/" + round;

            // When
            List<Callable<String>> attempts = new ArrayList<>();
            for (int writer = 0; writer < 8; writer++) {
                String content = "content " + writer;
                attempts.add(() -> create(key, content) ? content : "");
            }

            // Then
            List<String> written = new ArrayList<>();
            for (Future<String> attempt : writers.invokeAll(attempts)) {
                written.add(attempt.get());
            }
            assertThat(written).filteredOn(content -> !content.isEmpty()).containsExactly(read(key));
        }
        writers.shutdown();
    }

    @Test
    void shouldCallOnceForEachObjectWhereTheServerObeys() throws Exception {
        // Given: the first shows that it does
        create("first", "x");
        assertThat(server.calls()).containsExactly("HEAD first", "PUT first if absent", "PUT first if absent");

        // When
        create("second", "x");
        create("second", "y");

        // Then
        assertThat(server.calls()).containsExactly("PUT second if absent", "PUT second if absent");
    }

    @Test
    void shouldNotAskForWhatTheServerRefuses() throws Exception {
        // Given
        server.conditions = Conditions.REFUSED;
        create("first", "x");
        assertThat(server.calls()).containsExactly("HEAD first", "PUT first if absent", "PUT first");

        // When
        create("second", "x");

        // Then
        assertThat(server.calls()).containsExactly("HEAD second", "PUT second");
    }

    /** Anything else that such an answer can mean must not pass for an object that was written. */
    @Test
    void shouldNotTakeAServerThatCanWriteNothingForOneWithoutConditions() throws Exception {
        // Given
        server.broken = true;

        // When
        ObjectStoreException e = catchThrowableOfType(ObjectStoreException.class, () -> create("a", "x"));

        // Then
        assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
        server.broken = false;
        server.calls();
        assertThat(create("a", "x")).isTrue();
        assertThat(server.calls()).containsExactly("HEAD a", "PUT a if absent", "PUT a if absent");
    }

    /** A server that knows the answer from the header need not wait for the content. */
    @Test
    void shouldUnderstandARefusalThatComesBeforeTheContentIsSent() throws Exception {
        // Given
        create("a", "x");
        server.isHasty = true;

        // When
        boolean written =
                store.create("a", new byte[3 << 20], "image/png", Map.of()).isPresent();

        // Then
        assertThat(written).isFalse();
        assertThat(read("a")).isEqualTo("x");
    }

    @Test
    void shouldWriteLargeObjectsInOnePiece() throws Exception {
        // Given
        create("first", "x");
        server.calls();

        // When
        boolean written =
                store.create("large", new byte[11 << 20], "image/png", Map.of()).isPresent();

        // Then
        assertThat(written).isTrue();
        assertThat(server.calls()).containsExactly("PUT large if absent");
        assertThat(read("large")).hasSize(11 << 20);
    }
}
