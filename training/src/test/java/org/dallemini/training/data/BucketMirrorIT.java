package org.dallemini.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketMirrorIT {
    private static final String KEY = "trainer", SECRET = "trainers-secret";

    @TempDir
    private Path folder;

    private EmbeddedObjectStore server;

    @BeforeEach
    void fillBucket() throws Exception {
        server = EmbeddedObjectStore.start(folder.resolve("store"), 0, KEY, SECRET);
        try (MinioClient client = MinioClient.builder()
                .endpoint(server.endpoint())
                .credentials(KEY, SECRET)
                .build()) {
            client.makeBucket(MakeBucketArgs.builder().bucket("pictures").build());
            put(client, "fruit/a.png", "picture");
            put(client, "fruit/captions.jsonl", "{\"file\": \"a.png\", \"caption\": \"an apple\"}");
            put(client, "other/b.png", "not asked for");
        }
    }

    private static void put(MinioClient client, String key, String content) throws Exception {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        client.putObject(PutObjectArgs.builder().bucket("pictures").object(key).stream(
                        new ByteArrayInputStream(bytes), (long) bytes.length, -1L)
                .build());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldCopyADataSetOnce() throws Exception {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        BucketMirror mirror = mirror(SECRET, told);

        List<Path> first = mirror.local(List.of("s3://pictures/fruit"), folder.resolve("copy"));
        List<Path> second = mirror.local(List.of("s3://pictures/fruit"), folder.resolve("copy"));

        try (DataSet set = DataSet.open(first, new Problems(false, System.err))) {
            assertThat(set.items()).singleElement().satisfies(item -> {
                assertThat(item.captions()).containsExactly("an apple");
                assertThat(item.content().read())
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo("picture");
            });
        }
        assertThat(second).isEqualTo(first);
        assertThat(told.toString(StandardCharsets.UTF_8)).contains("2 objects fetched", "0 objects fetched");
    }

    @Test
    void shouldSayWhyABucketCannotBeRead() {
        BucketMirror mirror = mirror("wrong", new ByteArrayOutputStream());

        assertThatThrownBy(() -> mirror.local(List.of("s3://pictures/fruit"), folder.resolve("copy")))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("s3://pictures/fruit cannot be read: ");
        assertThatThrownBy(() -> new BucketMirror(Map.of(), System.err)
                        .local(List.of("s3://pictures/fruit"), folder.resolve("copy")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("DALLEMINI_S3_ENDPOINT");
    }

    private BucketMirror mirror(String secret, ByteArrayOutputStream told) {
        return new BucketMirror(
                Map.of(
                        "DALLEMINI_S3_ENDPOINT", server.endpoint(),
                        "DALLEMINI_S3_ACCESS_KEY", KEY,
                        "DALLEMINI_S3_SECRET_KEY", secret),
                new PrintStream(told, true, StandardCharsets.UTF_8));
    }
}
