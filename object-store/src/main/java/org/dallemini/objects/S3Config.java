package org.dallemini.objects;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** The settings {@code s3.*}, for all who read or write the bucket. */
public final class S3Config {
    public static final String ENDPOINT = "s3.endpoint";
    public static final String PUBLIC_ENDPOINT = "s3.public.endpoint";
    public static final String REGION = "s3.region";
    public static final String ACCESS_KEY = "s3.access.key";
    public static final String SECRET_KEY = "s3.secret.key";
    public static final String BUCKET = "s3.bucket";
    public static final String CREATE_BUCKET = "s3.create.bucket";
    public static final String CONNECT_TIMEOUT_MS = "s3.connect.timeout.ms";
    public static final String REQUEST_TIMEOUT_MS = "s3.request.timeout.ms";
    public static final String TRUSTSTORE_LOCATION = "s3.ssl.truststore.location";
    public static final String TRUSTSTORE_TYPE = "s3.ssl.truststore.type";
    public static final String TRUSTSTORE_PASSWORD = "s3.ssl.truststore.password";
    public static final String TRUSTSTORE_CERTIFICATES = "s3.ssl.truststore.certificates";

    /** Amazon's rules for names of buckets. */
    private static final Pattern BUCKET_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    private S3Config() {}

    /** Adds the settings to a definition, and returns it; the keys must be set. */
    public static ConfigDef addTo(ConfigDef definition) {
        return addTo(definition, ConfigDef.NO_DEFAULT_VALUE);
    }

    /** Adds the settings to a definition of somebody who can do without a bucket, and returns it. */
    public static ConfigDef addOptionalTo(ConfigDef definition) {
        return addTo(definition, null);
    }

    /** Adds the address for clients to a definition, and returns it. */
    public static ConfigDef addPublicEndpointTo(ConfigDef definition) {
        return definition.define(
                PUBLIC_ENDPOINT,
                ConfigDef.Type.STRING,
                null,
                LambdaValidator.with(S3Config::checkPublicEndpoint, () -> "http:// or https:// address"),
                MEDIUM,
                "Address of the S3 server for clients of the API: with it, images come with addresses that are"
                        + " signed for an hour, and that whoever has them may open. Empty: there are none.");
    }

    /** The address of the server for clients, if they may have one. */
    public static Optional<String> publicEndpoint(AbstractConfig config) {
        return Optional.ofNullable(config.getString(PUBLIC_ENDPOINT)).filter(endpoint -> !endpoint.isEmpty());
    }

    /** Whether there are keys for a bucket. */
    public static boolean isSet(AbstractConfig config) {
        return config.getPassword(ACCESS_KEY) != null && config.getPassword(SECRET_KEY) != null;
    }

    private static ConfigDef addTo(ConfigDef definition, @Nullable Object keys) {
        return definition
                .define(
                        ENDPOINT,
                        ConfigDef.Type.STRING,
                        "http://localhost:9000",
                        LambdaValidator.with(S3Config::checkEndpoint, () -> "http:// or https:// address"),
                        HIGH,
                        "Address of the S3 server: Amazon's, MinIO's or any other.")
                .define(
                        REGION,
                        ConfigDef.Type.STRING,
                        "us-east-1",
                        new NonEmptyString(),
                        MEDIUM,
                        "Region of the bucket; most servers that are not Amazon's take the default.")
                .define(ACCESS_KEY, ConfigDef.Type.PASSWORD, keys, HIGH, "Access key id for the S3 server.")
                .define(SECRET_KEY, ConfigDef.Type.PASSWORD, keys, HIGH, "Secret access key for the S3 server.")
                .define(
                        BUCKET,
                        ConfigDef.Type.STRING,
                        "images",
                        LambdaValidator.with(S3Config::checkBucket, BUCKET_NAME::pattern),
                        HIGH,
                        "Bucket for the images.")
                .define(
                        CREATE_BUCKET,
                        ConfigDef.Type.BOOLEAN,
                        true,
                        MEDIUM,
                        "Whether to create the bucket where it is missing.")
                .define(
                        CONNECT_TIMEOUT_MS,
                        ConfigDef.Type.LONG,
                        5_000L,
                        atLeast(1L),
                        LOW,
                        "How long to wait for a connection to the S3 server.")
                .define(
                        REQUEST_TIMEOUT_MS,
                        ConfigDef.Type.LONG,
                        30_000L,
                        atLeast(1L),
                        LOW,
                        "How long one image may take to be sent and acknowledged.")
                .define(
                        TRUSTSTORE_LOCATION,
                        ConfigDef.Type.STRING,
                        null,
                        MEDIUM,
                        "File with the certificates that an S3 server over https is trusted by; without one those of"
                                + " the JVM.")
                .define(
                        TRUSTSTORE_TYPE,
                        ConfigDef.Type.STRING,
                        "JKS",
                        new NonEmptyString(),
                        MEDIUM,
                        "Format of that file: JKS, PKCS12 or PEM.")
                .define(
                        TRUSTSTORE_PASSWORD,
                        ConfigDef.Type.PASSWORD,
                        null,
                        MEDIUM,
                        "Password of that file; PEM files have none.")
                .define(
                        TRUSTSTORE_CERTIFICATES,
                        ConfigDef.Type.PASSWORD,
                        null,
                        LOW,
                        "The certificates themselves in PEM, in place of a file, with s3.ssl.truststore.type=PEM.");
    }

    /**
     * Reads the settings.
     *
     * @param config made with a definition that has them
     * @param connections calls at the same time
     * @throws ConfigException if the certificates to trust cannot be read
     */
    public static S3Settings read(AbstractConfig config, int connections) {
        return read(config, config.getString(BUCKET), connections);
    }

    /** The same of another bucket of the server. */
    public static S3Settings read(AbstractConfig config, String bucket, int connections) {
        return new S3Settings(
                config.getString(ENDPOINT),
                config.getString(REGION),
                config.getPassword(ACCESS_KEY).value(),
                config.getPassword(SECRET_KEY).value(),
                bucket,
                config.getBoolean(CREATE_BUCKET),
                Duration.ofMillis(config.getLong(CONNECT_TIMEOUT_MS)),
                Duration.ofMillis(config.getLong(REQUEST_TIMEOUT_MS)),
                connections,
                S3Trust.read(config));
    }

    private static void checkEndpoint(String name, Object value) {
        HttpUrl url = HttpUrl.parse(String.valueOf(value));
        if (url == null
                || !url.encodedPath().equals("/")
                || url.query() != null
                || !url.username().isEmpty()) {
            // The address is not shown: it may hold a password.
            throw new ConfigException(
                    name + ": use an address such as http://localhost:9000, without a user and without a path");
        }
    }

    private static void checkPublicEndpoint(String name, Object value) {
        if (value != null && !value.equals("")) {
            checkEndpoint(name, value);
        }
    }

    /** @throws ConfigException if this can be no name of a bucket */
    public static void checkBucket(String name, Object value) {
        if (!BUCKET_NAME.matcher(String.valueOf(value)).matches()) {
            throw new ConfigException(name, value, "use 3 to 63 of a-z, 0-9, '.' and '-'");
        }
    }
}
