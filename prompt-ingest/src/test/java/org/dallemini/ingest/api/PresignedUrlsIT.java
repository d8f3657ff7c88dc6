package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.PresignedUrls;
import org.dallemini.objects.S3Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PresignedUrlsIT {
    @TempDir
    private Path folder;

    private static HttpResponse<byte[]> fetch(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray());
    }

    @Test
    void shouldOpenOneObjectToWhoeverHasTheAddress() throws Exception {
        try (EmbeddedObjectStore server = EmbeddedObjectStore.start(folder, 0, "us", "our-secret")) {
            S3Settings settings = new S3Settings(
                    server.endpoint(),
                    "us-east-1",
                    "us",
                    "our-secret",
                    "images",
                    true,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    1,
                    null);
            try (ObjectStore store = new MinioObjectStore(settings)) {
                store.create("a b/0.png", new byte[] {1, 2}, "image/png", Map.of());
                store.create("other.png", new byte[] {3}, "image/png", Map.of());
            }

            // When
            String url =
                    new PresignedUrls(settings, server.endpoint()).get("images", "a b/0.png", Duration.ofMinutes(1));

            // Then
            HttpResponse<byte[]> found = fetch(url);
            assertThat(found.statusCode()).isEqualTo(200);
            assertThat(found.body()).containsExactly(1, 2);
            assertThat(found.headers().firstValue("Content-Type")).contains("image/png");
            assertThat(fetch(url.replace("a%20b/0.png", "other.png")).statusCode())
                    .isEqualTo(403);
            assertThat(fetch(url.replaceFirst("\\?.*", "")).statusCode()).isEqualTo(403);
            assertThat(url).doesNotContain("our-secret");
        }
    }
}
