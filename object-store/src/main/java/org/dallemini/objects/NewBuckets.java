package org.dallemini.objects;

import io.minio.BucketExistsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import io.minio.errors.MinioException;
import java.util.concurrent.CompletionException;
import okhttp3.OkHttpClient;

/**
 * Creates buckets. The SDK names the client's region in the request. Of {@code us-east-1} that is forbidden: Amazon's
 * S3 and servers that follow it answer with {@code InvalidLocationConstraint}, since a bucket is there unless another
 * region is named.
 */
final class NewBuckets extends MinioAsyncClient {
    private static final String UNNAMED_REGION = "us-east-1";

    private final String region;

    /** @param http is not closed */
    NewBuckets(S3Settings settings, OkHttpClient http) {
        super(MinioAsyncClient.builder()
                .endpoint(settings.endpoint())
                .region(settings.region())
                .credentials(settings.accessKey(), settings.secretKey())
                .httpClient(http)
                .build());
        this.region = settings.region();
    }

    /** In the region of the settings. */
    void create(String bucket) throws MinioException {
        try {
            if (region.equals(UNNAMED_REGION)) {
                executePutAsync(BucketExistsArgs.builder().bucket(bucket).build(), null, null, null)
                        .join()
                        .close();
            } else {
                makeBucket(MakeBucketArgs.builder().bucket(bucket).build()).join();
            }
        } catch (CompletionException e) {
            throw e.getCause() instanceof MinioException failure ? failure : new MinioException(e.getCause());
        }
    }
}
