package org.dallemini.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.dallemini.objects.S3Settings;
import org.dallemini.objects.StoredObject;
import org.dallemini.renditions.Renditions;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Outcome;
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
    void shouldStoreImagesOfAnySizeAndReplaceNone() throws Exception {
        try (EmbeddedObjectStore server = EmbeddedObjectStore.start(dir, 0, ACCESS, SECRET);
                MinioObjectStore store = store(server.endpoint(), SECRET, true)) {
            for (int size : new int[] {0, 1000, 12 << 20}) {
                // Given
                byte[] content = new byte[size];
                new Random(size).nextBytes(content);
                String key = "p/" + size;

                // When
                StoredObject created =
                        store.create(key, content, "image/png", Map.of()).orElseThrow();
                boolean again = store.create(key, new byte[12 << 20], "text/plain", Map.of())
                        .isPresent();

                // Then
                assertThat(again).isFalse();
                assertThat(store.stat(key)).contains(created);
                try (InputStream in = store.get(key)) {
                    assertThat(in.readAllBytes()).isEqualTo(content);
                }
            }
        }
    }

    /** Two sinks, and for each key four records in each of them: two that ask for one image, two for another. */
    @Test
    void shouldKeepOneImageOfEachIdWhicheverSinkIsFaster() throws Exception {
        int ids = 40;
        AtomicInteger done = new AtomicInteger();
        try (EmbeddedObjectStore server = EmbeddedObjectStore.start(dir, 0, ACCESS, SECRET);
                MinioObjectStore reader = store(server.endpoint(), SECRET, true)) {
            List<StoreEngine> sinks =
                    List.of(engine(server, new SimpleMeterRegistry()), engine(server, new SimpleMeterRegistry()));
            List<Task<GeneratedImage, StoredImage>> tasks = new ArrayList<>();

            // When
            for (int id = 0; id < ids; id++) {
                for (int record = 0; record < 8; record++) {
                    ImageRequest request = ImageRequest.newBuilder(Images.request("p" + id, 0))
                            .setText(record % 4 < 2 ? "a red circle" : "a blue star")
                            .build();
                    byte[] drawing = (request.getText() + " drawn by machine " + record % 2).getBytes(UTF_8);
                    Task<GeneratedImage, StoredImage> task =
                            new Task<>(Images.image(request, drawing), 0, done::incrementAndGet);
                    sinks.get(record / 4).submit(task);
                    tasks.add(task);
                }
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> done.get() == 8 * ids);
            sinks.forEach(StoreEngine::close);

            // Then
            for (Task<GeneratedImage, StoredImage> task : tasks) {
                ImageRequest request = task.input().getRequest();
                StoredObject object =
                        reader.stat(request.getPromptId() + "/0.png").orElseThrow();
                String content = content(reader, object.key());
                if (content.startsWith(request.getText())) {
                    StoredImage event = ((Outcome.Completed<StoredImage>) requireNonNull(task.outcome())).result();
                    assertThat(event.getSha256()).isEqualTo(Images.sha256(content.getBytes(UTF_8)));
                    assertThat(event.getEtag()).isEqualTo(object.etag());
                    assertThat(event.getSize()).isEqualTo(object.size());
                } else {
                    assertThat(((Outcome.Rejected<StoredImage>) requireNonNull(task.outcome())).code())
                            .isEqualTo(ErrorCode.OBJECT_EXISTS);
                }
            }
        }
    }

    private static String content(MinioObjectStore store, String key) throws IOException {
        try (InputStream in = store.get(key)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static StoreEngine engine(EmbeddedObjectStore server, SimpleMeterRegistry meters) {
        return StoreEngine.start(
                store(server.endpoint(), SECRET, true),
                new UploadPlan(
                        ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT),
                        true,
                        new OutputFiles(Renditions.builtIn())),
                DeletionGuard.NOTHING,
                8,
                () -> new Backoff(Duration.ofMillis(50), Duration.ofMillis(200)),
                meters,
                Clock.systemUTC());
    }

    @Test
    void shouldTakeWhatAnEarlierVersionStoredForTheSameImage() throws Exception {
        try (EmbeddedObjectStore server = EmbeddedObjectStore.start(dir, 0, ACCESS, SECRET);
                MinioObjectStore store = store(server.endpoint(), SECRET, true)) {
            // Given: as those versions did, without the hash of what was asked for
            GeneratedImage image = Images.image("p", 0);
            Map<String, String> metadata = new HashMap<>(ObjectMetadata.of(image));
            metadata.remove("request-sha256");
            store.create("p/0.png", "picture p0".getBytes(UTF_8), "image/png", metadata);
            UploadPlan plan = new UploadPlan(
                    ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), false, new OutputFiles(Renditions.builtIn()));

            // When
            StoredImage event = plan.of(image).to(store, Clock.systemUTC());
            Upload other = plan.of(Images.image(Images.request("p", 0), "picture p1".getBytes(UTF_8)));

            // Then
            assertThat(event.getSha256()).isEqualTo(image.getSha256());
            assertThatThrownBy(() -> other.to(store, Clock.systemUTC()))
                    .isInstanceOf(ObjectExistsException.class)
                    .hasMessageContaining("image p/0 of job job-1");
            assertThat(content(store, "p/0.png")).isEqualTo("picture p0");
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
            Upload upload = new UploadPlan(
                            ObjectKeyTemplate.parse("{job}/{image}.png"), false, new OutputFiles(Renditions.builtIn()))
                    .of(image);

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
                store.create("warm-up/" + i + ".png", content, "image/png", Map.of());
            }

            // When
            long fastest = Long.MAX_VALUE;
            for (int i = 0; i < 20; i++) {
                long start = System.nanoTime();
                store.create(i + ".png", content, "image/png", Map.of());
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

            new UploadPlan(ObjectKeyTemplate.parse("{image}.png"), false, new OutputFiles(Renditions.builtIn()))
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
                    ObjectStoreException.class, () -> noBucket.create("k", new byte[1], "image/png", Map.of()));
            assertThat(missing.kind()).isEqualTo(Kind.MISCONFIGURED);
            assertThat(missing).hasMessageContaining("s3.create.bucket=true");
            assertThat(catchThrowableOfType(ObjectStoreException.class, noBucket::ensureBucket))
                    .hasMessageContaining("s3.create.bucket=true");

            ObjectStoreException wrong = catchThrowableOfType(
                    ObjectStoreException.class, () -> wrongSecret.create("k", new byte[1], "image/png", Map.of()));
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
                new UploadPlan(
                        ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT),
                        false,
                        new OutputFiles(Renditions.builtIn())),
                DeletionGuard.NOTHING,
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
            store.create("a", "0123456789".getBytes(UTF_8), "text/plain", Map.of());
            StoredObject found = store.stat("a").orElseThrow();

            // When
            byte[] middle;
            byte[] end;
            try (InputStream part = store.get(found, 3, 4);
                    InputStream rest = store.get(found, 8, 100)) {
                middle = part.readAllBytes();
                end = rest.readAllBytes();
            }
            store.put("a", Files.writeString(dir.resolve("file"), "9876543210"), "text/plain");

            // Then
            assertThat(middle).asString(UTF_8).isEqualTo("3456");
            assertThat(end).asString(UTF_8).isEqualTo("89");
            assertThat(catchThrowableOfType(ObjectStoreException.class, () -> store.get(found, 3, 4)))
                    .isNotNull();
        }
    }
}
