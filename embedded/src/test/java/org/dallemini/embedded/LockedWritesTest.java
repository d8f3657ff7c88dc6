package org.dallemini.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What the server does on a file system without hard links. */
class LockedWritesTest {
    private static final String BUCKET = "images";

    @TempDir
    private Path dir;

    @Test
    void shouldCreateAnObjectOnceWhoeverWrites() throws Exception {
        // Given
        BlobStore store = EmbeddedObjectStore.blobStore(dir, false);
        store.createContainer(CreateBucketRequest.builder().bucket(BUCKET).build());
        var writers = Executors.newFixedThreadPool(8);
        for (int round = 0; round < 50; round++) {
            String key = "p/" + round;

            // When
            List<Future<String>> attempts = new ArrayList<>();
            for (int writer = 0; writer < 8; writer++) {
                String content = "content " + writer;
                attempts.add(writers.submit(() -> create(store, key, content) ? content : ""));
            }

            // Then
            List<String> created = new ArrayList<>();
            for (Future<String> attempt : attempts) {
                created.add(attempt.get());
            }
            assertThat(created).filteredOn(content -> !content.isEmpty()).containsExactly(read(store, key));
        }
        writers.shutdown();
    }

    @Test
    void shouldReplaceWhereNoConditionIsSet() throws Exception {
        // Given
        BlobStore store = EmbeddedObjectStore.blobStore(dir, false);
        store.createContainer(CreateBucketRequest.builder().bucket(BUCKET).build());
        create(store, "a", "old");

        // When
        put(store, PutObjectRequest.builder(), "a", "new");

        // Then
        assertThat(read(store, "a")).isEqualTo("new");
    }

    /** False if there is one. */
    private static boolean create(BlobStore store, String key, String content) {
        try {
            put(store, PutObjectRequest.builder().ifNoneMatch("*"), key, content);
            return true;
        } catch (S3Exception e) {
            assertThat(e.statusCode()).isEqualTo(412);
            return false;
        }
    }

    private static void put(BlobStore store, PutObjectRequest.Builder request, String key, String content) {
        byte[] bytes = content.getBytes(UTF_8);
        store.putBlob(
                request.bucket(BUCKET)
                        .key(key)
                        .contentLength((long) bytes.length)
                        .build(),
                new ByteArrayInputStream(bytes));
    }

    private static String read(BlobStore store, String key) throws Exception {
        try (var in =
                store.getBlob(GetObjectRequest.builder().bucket(BUCKET).key(key).build())) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
