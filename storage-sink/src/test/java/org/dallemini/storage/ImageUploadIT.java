package org.dallemini.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.dallemini.objects.S3Settings;
import org.dallemini.objects.StoredObject;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store and the engine against a real S3 server in this JVM. */
class ImageUploadIT {
    private static final String ACCESS = "local-access";
    private static final String SECRET = "local-secret";

    @TempDir
    private Path dir;

    private static MinioObjectStore store(String endpoint, String secret, boolean createBucket) {
        return new MinioObjectStore(new S3Settings(
                endpoint,
                "us-east-1",
                ACCESS,
                secret,
                "images",
                createBucket,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                8,
                null));
    }

    @Test
    void shouldStoreFilesOfAnySize() throws Exception {
        try (EmbeddedObjectStore server = EmbeddedObjectStore.start(dir.resolve("store"), 0, ACCESS, SECRET);
                MinioObjectStore store = store(server.endpoint(), SECRET, true)) {
            store.ensureBucket();
            for (int size : new int[] {0, 1000, 12 << 20}) {
                // Given
                byte[] content = new byte[size];
                new Random(1).nextBytes(content);
                Path file = Files.write(dir.resolve("file"), content);

                // When
                StoredObject stored = store.put("some/lines", file, "application/jsonl");

                // Then
                assertThat(stored.size()).isEqualTo(size);
                try (InputStream in = store.get("some/lines")) {
                    assertThat(in.readAllBytes()).isEqualTo(content);
                }
                assertThat(store.stat("some/lines").orElseThrow().contentType()).isEqualTo("application/jsonl");
            }
        }
    }

    @Test
    void shouldStoreAndReadBackWithMetadata() throws Exception {
        try (EmbeddedObjectStore server = EmbeddedObjectStore.start(dir, 0, ACCESS, SECRET);
                MinioObjectStore store = store(server.endpoint(), SECRET, true)) {
            // Given
            ImageRequest request = ImageRequest.newBuilder(Images.request("p", 0))
                    .setText("Café  au lait, 100% 😀 \u4e2d\u6587 ")
                    .build();
            byte[] content = new byte[300_000];
            new Random(1).nextBytes(content);
            GeneratedImage image = Images.image(request, content);
            Upload upload = new UploadPlan(ObjectKeyTemplate.parse("{job}/{image}.png"), false).of(image);

            // When
            var event = upload.to(store, Clock.systemUTC());
            var again = upload.to(store, Clock.systemUTC());

            // Then
            assertThat(event.getKey()).isEqualTo("job-1/p/0.png");
            assertThat(again.getEtag()).isEqualTo(event.getEtag());
            try (InputStream in = store.get(event.getKey())) {
                assertThat(in.readAllBytes()).isEqualTo(content);
            }
            StoredObject stat = store.stat(event.getKey()).orElseThrow();
            assertThat(stat.etag()).isEqualTo(event.getEtag());
            assertThat(stat.size()).isEqualTo(content.length);
            assertThat(stat.contentType()).isEqualTo("image/png");
            assertThat(stat.userMetadata()).isEqualTo(ObjectMetadata.of(image));
        }
    }

    /** 40 ms is what the kernel of a server takes to acknowledge what it has nothing to answer to yet. */
    @Test
    void shouldNotWaitForAcknowledgements() throws Exception {
        try (EmbeddedObjectStore server = EmbeddedObjectStore.start(dir, 0, ACCESS, SECRET);
                MinioObjectStore store = store(server.endpoint(), SECRET, true)) {
            // Given
            byte[] content = new byte[20_000];
            new Random(1).nextBytes(content);
            for (int i = 0; i < 20; i++) { // a new connection is acknowledged at once
                store.put(i + ".png", content, "image/png", Map.of());
            }

            // When
            long fastest = Long.MAX_VALUE;
            for (int i = 0; i < 20; i++) {
                long start = System.nanoTime();
                store.put(i + ".png", content, "image/png", Map.of());
                fastest = Math.min(fastest, System.nanoTime() - start);
            }

            // Then
            assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofMillis(35));
        }
    }

    @Test
    void shouldStoreLongestMetadata() throws Exception {
        try (EmbeddedObjectStore server = EmbeddedObjectStore.start(dir, 0, ACCESS, SECRET);
                MinioObjectStore store = store(server.endpoint(), SECRET, true)) {
            ImageRequest request = ImageRequest.newBuilder(Images.request("p", 0))
                    .setText("😀 ".repeat(5_000))
                    .build();
            GeneratedImage image = Images.image(request, new byte[10]);

            new UploadPlan(ObjectKeyTemplate.parse("{image}.png"), false)
                    .of(image)
                    .to(store, Clock.systemUTC());

            assertThat(store.stat("p/0.png").orElseThrow().userMetadata()).isEqualTo(ObjectMetadata.of(image));
        }
    }

    @Test
    void shouldTellWhatIsMissingOrWrong() throws Exception {
        try (EmbeddedObjectStore server = EmbeddedObjectStore.start(dir, 0, ACCESS, SECRET);
                MinioObjectStore noBucket = store(server.endpoint(), SECRET, false);
                MinioObjectStore wrongSecret = store(server.endpoint(), "wrong", true);
                MinioObjectStore store = store(server.endpoint(), SECRET, true)) {
            ObjectStoreException missing = catchThrowableOfType(
                    ObjectStoreException.class, () -> noBucket.put("k", new byte[1], "image/png", Map.of()));
            assertThat(missing.kind()).isEqualTo(Kind.MISCONFIGURED);
            assertThat(missing).hasMessageContaining("s3.create.bucket=true");
            assertThat(catchThrowableOfType(ObjectStoreException.class, noBucket::ensureBucket))
                    .hasMessageContaining("s3.create.bucket=true");

            ObjectStoreException wrong = catchThrowableOfType(
                    ObjectStoreException.class, () -> wrongSecret.put("k", new byte[1], "image/png", Map.of()));
            assertThat(wrong.kind()).isEqualTo(Kind.MISCONFIGURED);
            assertThat(wrong).hasMessageContaining("s3.secret.key");

            store.ensureBucket();
            store.ensureBucket();
            assertThat(store.stat("absent")).isEmpty();
            ObjectStoreException absent = catchThrowableOfType(ObjectStoreException.class, () -> store.get("absent"));
            assertThat(absent.kind()).isEqualTo(Kind.NOT_FOUND);
        }
    }

    @Test
    void shouldGoOnAfterServerCameBack() throws Exception {
        // Given
        AtomicInteger done = new AtomicInteger();
        EmbeddedObjectStore server = EmbeddedObjectStore.start(dir, 0, ACCESS, SECRET);
        int port = server.port();
        StoreEngine engine = StoreEngine.start(
                store(server.endpoint(), SECRET, true),
                new UploadPlan(ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), false),
                4,
                () -> new Backoff(Duration.ofMillis(50), Duration.ofMillis(200)),
                new SimpleMeterRegistry(),
                Clock.systemUTC());
        try {
            engine.submit(new Task<>(Images.image("before", 0), 0, done::incrementAndGet));
            await().atMost(Duration.ofSeconds(20)).until(() -> done.get() == 1);

            // When
            server.close();
            for (int i = 0; i < 20; i++) {
                engine.submit(new Task<>(Images.image("during", i), 0, done::incrementAndGet));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> !engine.trouble().isEmpty());
            assertThat(engine.trouble()).contains("127.0.0.1:" + port);
            server = EmbeddedObjectStore.start(dir, port, ACCESS, SECRET);

            // Then
            await().atMost(Duration.ofSeconds(30)).until(() -> done.get() == 21);
            assertThat(engine.trouble()).isEmpty();
            try (MinioObjectStore reader = store(server.endpoint(), SECRET, false);
                    InputStream in = reader.get("during/19.png")) {
                assertThat(in.readAllBytes()).isEqualTo("picture during19".getBytes(UTF_8));
                assertThat(reader.stat("before/0.png")).isPresent();
            }
        } finally {
            engine.close();
            server.close();
        }
    }

    @Test
    void shouldReadAPartOfTheVersionThatWasLookedUp() throws Exception {
        try (EmbeddedObjectStore server = EmbeddedObjectStore.start(dir, 0, ACCESS, SECRET);
                MinioObjectStore store = store(server.endpoint(), SECRET, true)) {
            // Given
            store.ensureBucket();
            store.put("a", "0123456789".getBytes(UTF_8), "text/plain", Map.of());
            StoredObject found = store.stat("a").orElseThrow();

            // When
            byte[] middle;
            byte[] end;
            try (InputStream part = store.get(found, 3, 4);
                    InputStream rest = store.get(found, 8, 100)) {
                middle = part.readAllBytes();
                end = rest.readAllBytes();
            }
            store.put("a", "9876543210".getBytes(UTF_8), "text/plain", Map.of());

            // Then
            assertThat(middle).asString(UTF_8).isEqualTo("3456");
            assertThat(end).asString(UTF_8).isEqualTo("89");
            assertThat(catchThrowableOfType(ObjectStoreException.class, () -> store.get(found, 3, 4)))
                    .isNotNull();
        }
    }
}
