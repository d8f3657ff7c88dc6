package org.dallemini.objects;

import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.MinioClient;
import io.minio.errors.MinioException;
import java.time.Duration;
import okhttp3.OkHttpClient;

/**
 * Addresses of objects that whoever has them may read for some time: they are signed with the keys of the bucket (AWS
 * signature version 4 in the query). Nothing is asked of the server.
 */
public final class PresignedUrls {
    private final MinioClient client;

    /**
     * @param settings keys and region
     * @param publicEndpoint address of the server for those who get the addresses, for example
     *     {@code https://images.example.org}
     */
    public PresignedUrls(S3Settings settings, String publicEndpoint) {
        this.client = MinioClient.builder()
                .endpoint(publicEndpoint)
                .region(settings.region())
                .credentials(settings.accessKey(), settings.secretKey())
                .httpClient(new OkHttpClient()) // is never used; the SDK's own reads all certificates of the system
                .build();
    }

    /** @param validFor at most 7 days */
    public String get(String bucket, String key, Duration validFor) {
        try {
            return client.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder()
                    .method(Http.Method.GET)
                    .bucket(bucket)
                    .object(key)
                    .expiry((int) validFor.toSeconds())
                    .build());
        } catch (MinioException e) {
            throw new IllegalStateException("Signing an address asks nobody", e);
        }
    }
}
