package org.dallemini.objects;

import java.time.Duration;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How to reach an S3 bucket.
 *
 * @param endpoint address of the server, for example {@code http://localhost:9000}
 * @param region {@code us-east-1} for most servers that are not Amazon's
 * @param bucket name of the bucket
 * @param createBucket whether to create the bucket where it is missing
 * @param connectTimeout for one connection
 * @param requestTimeout for the transfer of one object and the server's answer
 * @param connections calls at the same time
 * @param trust decides on certificates; null for the JVM's own judgement
 */
public record S3Settings(
        String endpoint,
        String region,
        String accessKey,
        String secretKey,
        String bucket,
        boolean createBucket,
        Duration connectTimeout,
        Duration requestTimeout,
        int connections,
        @Nullable X509TrustManager trust) {

    /** Names the store without its secret. */
    @Override
    public String toString() {
        return "bucket '" + bucket + "' at " + endpoint;
    }
}
