package org.dallemini.objects;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.ObjectWriteResponse;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.UploadObjectArgs;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of any S3 server, through the MinIO SDK.
 *
 * <p>The server checks every upload: the SDK signs the content's SHA-256 (over TLS it sends the MD5), so a content that
 * arrives damaged is refused, and the entity tag, which is no MD5 on encrypted buckets, need not be compared.
 */
public final class MinioObjectStore implements ObjectStore {
    private static final Set<String> NO_BUCKET = Set.of("NoSuchBucket");
    private static final Set<String> BUCKET_EXISTS = Set.of("BucketAlreadyOwnedByYou", "BucketAlreadyExists");

    /** S3's own limit, in bytes. */
    private static final long MAX_PART_BYTES = 5L << 30;

    private final S3Settings settings;
    private final OkHttpClient http;
    private final MinioClient client;
    private final ConditionalWrites conditions;

    public MinioObjectStore(S3Settings settings) {
        this.settings = settings;
        this.http = httpClient(settings);
        this.client = MinioClient.builder()
                .endpoint(settings.endpoint())
                .region(settings.region())
                .credentials(settings.accessKey(), settings.secretKey())
                .httpClient(http)
                .build();
        this.conditions = new ConditionalWrites(settings);
    }

    /** Not the SDK's own: that allows five calls at a time to one host and sleeps between retries of its own. */
    private static OkHttpClient httpClient(S3Settings settings) {
        Dispatcher dispatcher = new Dispatcher();
        dispatcher.setMaxRequests(settings.connections());
        dispatcher.setMaxRequestsPerHost(settings.connections());
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .socketFactory(new NoDelaySocketFactory())
                .addInterceptor(new AnswerGuard())
                .connectionPool(new ConnectionPool(settings.connections(), 1, TimeUnit.MINUTES))
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectTimeout(settings.connectTimeout())
                .readTimeout(settings.requestTimeout())
                .writeTimeout(settings.requestTimeout())
                .callTimeout(settings.connectTimeout().plus(settings.requestTimeout()));
        if (settings.trust() != null) {
            builder.sslSocketFactory(sslContext(settings.trust()).getSocketFactory(), settings.trust());
        }
        return builder.build();
    }

    private static SSLContext sslContext(X509TrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The JVM has no TLS", e);
        }
    }

    @Override
    public String bucket() {
        return settings.bucket();
    }

    @Override
    public void ensureBucket() throws ObjectStoreException {
        boolean exists = call(
                "find the bucket",
                () -> client.bucketExists(
                        BucketExistsArgs.builder().bucket(bucket()).build()));
        if (exists) {
            return;
        }
        if (!settings.createBucket()) {
            throw new ObjectStoreException(
                    Kind.MISCONFIGURED, "There is no " + settings + "; create it or set s3.create.bucket=true", null);
        }
        createBucket();
    }

    private void createBucket() throws ObjectStoreException {
        call("create the bucket", () -> {
            try {
                new NewBuckets(settings, http).create(bucket());
            } catch (MinioException e) {
                // Another thread or process was faster. If the bucket is somebody else's, the upload will say so.
                if (!S3Errors.isAnswer(e, BUCKET_EXISTS)) {
                    throw e;
                }
            }
            return bucket();
        });
    }

    @Override
    public Optional<StoredObject> create(
            String key, byte[] content, String contentType, Map<String, String> userMetadata)
            throws ObjectStoreException {
        Optional<ObjectWriteResponse> written = call(
                "store " + key,
                () -> conditions.create(
                        key,
                        () -> find(key, "store " + key).isPresent(),
                        headers -> put(new NewObject(key, content, contentType, userMetadata), headers)));
        return written.map(answer ->
                new StoredObject(bucket(), key, answer.etag(), content.length, contentType, Map.copyOf(userMetadata)));
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record NewObject(String key, byte[] content, String contentType, Map<String, String> userMetadata) {}

    private Optional<ObjectWriteResponse> put(NewObject object, Map<String, String> headers)
            throws MinioException, ObjectStoreException {
        try {
            return putIntoBucket(object, headers);
        } catch (MinioException e) {
            if (!settings.createBucket() || !S3Errors.isAnswer(e, NO_BUCKET)) {
                throw e;
            }
        }
        createBucket();
        return putIntoBucket(object, headers);
    }

    /** Empty if the server refuses it since its condition is not met. */
    private Optional<ObjectWriteResponse> putIntoBucket(NewObject object, Map<String, String> headers)
            throws MinioException {
        try {
            return Optional.of(client.putObject(arguments(object, headers)));
        } catch (MinioException e) {
            if (S3Errors.isConditionNotMet(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** In one piece whatever its size: the headers would go with each part, where they have no meaning. */
    private PutObjectArgs arguments(NewObject object, Map<String, String> headers) {
        return PutObjectArgs.builder().bucket(bucket()).object(object.key()).stream(
                        new ByteArrayInputStream(object.content()), (long) object.content().length, MAX_PART_BYTES)
                .contentType(object.contentType())
                .userMetadata(object.userMetadata())
                .extraHeaders(headers)
                .build();
    }

    /**
     * Writes a file as an object, replacing any of the same key; a large one goes in parts, of which nothing is seen
     * before the last has come.
     */
    public StoredObject put(String key, Path file, String contentType) throws ObjectStoreException {
        ObjectWriteResponse written = call(
                "store " + key,
                () -> client.uploadObject(UploadObjectArgs.builder()
                        .bucket(bucket())
                        .object(key)
                        .filename(file.toString())
                        .contentType(contentType)
                        .build()));
        return new StoredObject(
                bucket(), key, unquoted(written.etag()), file.toFile().length(), contentType, Map.of());
    }

    @Override
    public InputStream get(String key) throws ObjectStoreException {
        return call(
                "read " + key,
                () -> client.getObject(
                        GetObjectArgs.builder().bucket(bucket()).object(key).build()));
    }

    /**
     * A part of an object, as it was when it was looked up: if it has changed since, the call fails.
     *
     * @param from first byte, from 0
     * @param length bytes, at least 1; fewer come if the object ends before
     */
    public InputStream get(StoredObject object, long from, long length) throws ObjectStoreException {
        return call(
                "read " + object.key(),
                () -> client.getObject(GetObjectArgs.builder()
                        .bucket(bucket())
                        .object(object.key())
                        .offset(from)
                        .length(length)
                        .matchETag(object.etag())
                        .build()));
    }

    @Override
    public Optional<StoredObject> stat(String key) throws ObjectStoreException {
        return find(key, "look up " + key);
    }

    @Override
    public void delete(String key) throws ObjectStoreException {
        try {
            call("delete " + key, () -> {
                client.removeObject(
                        RemoveObjectArgs.builder().bucket(bucket()).object(key).build());
                return key;
            });
        } catch (ObjectStoreException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
        }
    }

    @Override
    public void list(String prefix, BiConsumer<String, Instant> each) throws ObjectStoreException {
        var arguments = ListObjectsArgs.builder()
                .bucket(bucket())
                .prefix(prefix)
                .recursive(true)
                .build();
        call("list " + prefix, () -> {
            for (Result<Item> found : client.listObjects(arguments)) {
                each.accept(found.get().objectName(), found.get().lastModified().toInstant());
            }
            return prefix;
        });
    }

    /** @param action what it is part of, for people */
    private Optional<StoredObject> find(String key, String action) throws ObjectStoreException {
        try {
            StatObjectResponse found = call(
                    action,
                    () -> client.statObject(StatObjectArgs.builder()
                            .bucket(bucket())
                            .object(key)
                            .build()));
            return Optional.of(new StoredObject(
                    bucket(), key, unquoted(found.etag()), found.size(), contentType(found), userMetadata(found)));
        } catch (ObjectStoreException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e.kind() == Kind.MISCONFIGURED ? withReason(e, key) : e;
        }
    }

    /** An answer to HEAD has no body to say why: asked for the object itself, the server tells. */
    private ObjectStoreException withReason(ObjectStoreException refusal, String key) {
        try (InputStream unexpected = get(key)) {
            return refusal;
        } catch (ObjectStoreException e) {
            return e;
        } catch (IOException e) {
            return refusal;
        }
    }

    /** S3's own default where the server names none. */
    private static String contentType(StatObjectResponse found) {
        return Objects.requireNonNullElse(found.contentType(), "application/octet-stream");
    }

    /** The SDK gives the names in header case, and one entry for each value. */
    private static Map<String, String> userMetadata(StatObjectResponse found) {
        return found.userMetadata().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        e -> e.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue, (a, b) -> a + "," + b));
    }

    private static String unquoted(String etag) {
        return etag.replace("\"", "");
    }

    private interface Call<T> {
        T run() throws MinioException, ObjectStoreException;
    }

    /** The SDK also throws runtime exceptions, for example a null pointer if an answer lacks its entity tag. */
    private <T> T call(String action, Call<T> call) throws ObjectStoreException {
        try {
            @Nullable T result = call.run();
            if (result == null) {
                throw new IllegalStateException("the SDK returned nothing");
            }
            return result;
        } catch (MinioException | RuntimeException e) {
            throw S3Errors.of(settings, action, e);
        }
    }

    @Override
    public void close() {
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
