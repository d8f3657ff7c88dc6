package org.dallemini.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.errors.ErrorResponseException;
import io.minio.messages.Item;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedObjectStoreIT {
    private static final String ACCESS_KEY = "local-access";
    private static final String SECRET_KEY = "local-secret";
    private static final String BUCKET = "images";
    private static final String KEY = "2026/11/a b+é.png";

    @TempDir
    Path dataDir;

    private final OkHttpClient http = new OkHttpClient.Builder()
            .dispatcher(new Dispatcher(Executors.newCachedThreadPool()))
            .build();
    private final byte[] png = randomBytes(200_000);

    @AfterEach
    void closeHttpClient() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    @Test
    void shouldReturnWhatWasPut() throws Exception {
        try (EmbeddedObjectStore store = start()) {
            // Given
            MinioClient client = client(store, SECRET_KEY);
            makeBucket(client);

            // When
            put(client, KEY);

            // Then
            StatObjectResponse stat = client.statObject(
                    StatObjectArgs.builder().bucket(BUCKET).object(KEY).build());
            assertThat(stat.size()).isEqualTo(png.length);
            assertThat(stat.contentType()).isEqualTo("image/png");
            assertThat(userMetadata(stat)).containsEntry("seed", "7").containsEntry("prompt", "a red circle");
            assertThat(get(client, KEY)).isEqualTo(png);
        }
    }

    @Test
    void shouldListObjectsBelowAPrefix() throws Exception {
        try (EmbeddedObjectStore store = start()) {
            // Given
            MinioClient client = client(store, SECRET_KEY);
            makeBucket(client);
            put(client, "job-1/0.png");
            put(client, "job-1/1.png");
            put(client, "job-2/0.png");

            // When
            List<String> keys = list(client, "job-1/");

            // Then
            assertThat(keys).containsExactlyInAnyOrder("job-1/0.png", "job-1/1.png");
        }
    }

    @Test
    void shouldReplaceAnObjectThatIsPutAgain() throws Exception {
        try (EmbeddedObjectStore store = start()) {
            // Given
            MinioClient client = client(store, SECRET_KEY);
            makeBucket(client);

            // When
            put(client, KEY);
            put(client, KEY);

            // Then
            assertThat(list(client, "")).containsExactly(KEY);
        }
    }

    @Test
    void shouldCreateAnObjectOnceWhoeverWrites() throws Exception {
        try (EmbeddedObjectStore store = start()) {
            // Given
            MinioClient client = client(store, SECRET_KEY);
            makeBucket(client);
            var writers = Executors.newFixedThreadPool(16);

            for (int round = 0; round < 20; round++) {
                String key = "one/" + round;

                // When
                List<Future<Integer>> attempts = new ArrayList<>();
                for (int writer = 0; writer < 16; writer++) {
                    byte[] content = randomBytes(50_000 + writer);
                    attempts.add(writers.submit(() -> create(client, key, content) ? content.length : 0));
                }

                // Then
                List<Integer> created = new ArrayList<>();
                for (Future<Integer> attempt : attempts) {
                    created.add(attempt.get());
                }
                assertThat(created).filteredOn(length -> length > 0).containsExactly(get(client, key).length);
            }
            writers.shutdown();
            assertThat(list(client, "one/")).hasSize(20);
        }
    }

    /** False if there is one. */
    private static boolean create(MinioClient client, String key, byte[] content) throws Exception {
        try {
            client.putObject(PutObjectArgs.builder().bucket(BUCKET).object(key).stream(
                            new ByteArrayInputStream(content), (long) content.length, -1L)
                    .extraHeaders(Map.of("If-None-Match", "*"))
                    .build());
            return true;
        } catch (ErrorResponseException e) {
            assertThat(e.errorResponse().code()).isEqualTo("PreconditionFailed");
            return false;
        }
    }

    @Test
    void shouldSayThatAnObjectIsAbsent() throws Exception {
        try (EmbeddedObjectStore store = start()) {
            // Given
            MinioClient client = client(store, SECRET_KEY);
            makeBucket(client);

            // When
            ErrorResponseException answer = catchThrowableOfType(ErrorResponseException.class, () -> get(client, "no"));

            // Then
            assertThat(answer.errorResponse().code()).isEqualTo("NoSuchKey");
        }
    }

    @Test
    void shouldRefuseAWrongSecret() throws Exception {
        try (EmbeddedObjectStore store = start()) {
            // Given
            makeBucket(client(store, SECRET_KEY));
            MinioClient stranger = client(store, "guessed-secret");

            // When
            ErrorResponseException answer =
                    catchThrowableOfType(ErrorResponseException.class, () -> put(stranger, KEY));

            // Then
            assertThat(answer.errorResponse().code()).isEqualTo("SignatureDoesNotMatch");
        }
    }

    @Test
    void shouldKeepObjectsAndTheirMetadataWhenStartedAgain() throws Exception {
        // Given
        try (EmbeddedObjectStore store = start()) {
            MinioClient client = client(store, SECRET_KEY);
            makeBucket(client);
            put(client, KEY);
        }

        // When
        try (EmbeddedObjectStore store = start()) {
            MinioClient client = client(store, SECRET_KEY);

            // Then
            assertThat(client.bucketExists(
                            BucketExistsArgs.builder().bucket(BUCKET).build()))
                    .isTrue();
            assertThat(get(client, KEY)).isEqualTo(png);
            StatObjectResponse stat = client.statObject(
                    StatObjectArgs.builder().bucket(BUCKET).object(KEY).build());
            assertThat(userMetadata(stat)).containsEntry("seed", "7");
        }
    }

    @Test
    void shouldServeManyClientsAtOnce() throws Exception {
        try (EmbeddedObjectStore store = start()) {
            // Given
            MinioClient client = client(store, SECRET_KEY);
            makeBucket(client);
            var writers = Executors.newFixedThreadPool(8);

            // When
            List<Future<?>> puts = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String key = "load/" + i;
                puts.add(writers.submit(() -> {
                    put(client, key);
                    return null;
                }));
            }
            for (Future<?> put : puts) {
                put.get();
            }
            writers.shutdown();

            // Then
            assertThat(list(client, "load/")).hasSize(100);
        }
    }

    @Test
    void shouldNotWaitForIdleConnectionsWhenClosed() throws Exception {
        // Given
        EmbeddedObjectStore store = start();
        makeBucket(client(store, SECRET_KEY));
        assertThat(http.connectionPool().idleConnectionCount()).isPositive();

        // When
        long began = System.nanoTime();
        store.close();

        // Then
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void shouldNameThePortThatIsTaken() throws Exception {
        // Given
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();

            // When / Then
            assertThatThrownBy(() -> EmbeddedObjectStore.start(dataDir, port, ACCESS_KEY, SECRET_KEY))
                    .isInstanceOf(PortInUseException.class)
                    .hasMessageContaining("Port " + port)
                    .hasMessageContaining(EmbeddedObjectStore.PORT_SETTING);
        }
    }

    private EmbeddedObjectStore start() {
        return EmbeddedObjectStore.start(dataDir, 0, ACCESS_KEY, SECRET_KEY);
    }

    private MinioClient client(EmbeddedObjectStore store, String secretKey) {
        return MinioClient.builder()
                .endpoint(store.endpoint())
                .credentials(ACCESS_KEY, secretKey)
                .region("us-east-1")
                .httpClient(http)
                .build();
    }

    private static void makeBucket(MinioClient client) throws Exception {
        client.makeBucket(MakeBucketArgs.builder().bucket(BUCKET).build());
    }

    private void put(MinioClient client, String key) throws Exception {
        client.putObject(PutObjectArgs.builder().bucket(BUCKET).object(key).stream(
                        new ByteArrayInputStream(png), (long) png.length, -1L)
                .contentType("image/png")
                .userMetadata(Map.of("seed", "7", "prompt", "a red circle"))
                .build());
    }

    private static byte[] get(MinioClient client, String key) throws Exception {
        try (InputStream in = client.getObject(
                GetObjectArgs.builder().bucket(BUCKET).object(key).build())) {
            return in.readAllBytes();
        }
    }

    private static List<String> list(MinioClient client, String prefix) throws Exception {
        List<String> keys = new ArrayList<>();
        for (Result<Item> item : client.listObjects(ListObjectsArgs.builder()
                .bucket(BUCKET)
                .prefix(prefix)
                .recursive(true)
                .build())) {
            keys.add(item.get().objectName());
        }
        return keys;
    }

    /** By lower-case name: the SDK returns the names as the HTTP headers spell them. */
    private static Map<String, String> userMetadata(StatObjectResponse stat) {
        Map<String, String> metadata = new HashMap<>();
        stat.userMetadata().entrySet().forEach(e -> metadata.put(e.getKey().toLowerCase(Locale.ROOT), e.getValue()));
        return metadata;
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
