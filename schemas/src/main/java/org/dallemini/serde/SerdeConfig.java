package org.dallemini.serde;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.NO_DEFAULT_VALUE;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the serdes and the registry client, under the names that Confluent's classes use, so that one
 * configuration serves both.
 */
public final class SerdeConfig extends AbstractConfig {
    public static final String URL = "schema.registry.url";
    public static final String AUTO_REGISTER = "auto.register.schemas";
    public static final String USE_LATEST_VERSION = "use.latest.version";
    public static final String LATEST_CACHE_TTL_SECONDS = "latest.cache.ttl.sec";
    public static final String NORMALIZE = "normalize.schemas";
    public static final String KEY_SUBJECT_NAME_STRATEGY = "key.subject.name.strategy";
    public static final String VALUE_SUBJECT_NAME_STRATEGY = "value.subject.name.strategy";
    public static final String SPECIFIC_READER = "specific.avro.reader";
    public static final String SPECIFIC_KEY_TYPE = "specific.avro.key.type";
    public static final String SPECIFIC_VALUE_TYPE = "specific.avro.value.type";
    public static final String MAX_SCHEMAS = "max.schemas.per.subject";

    static final String BASIC_SOURCE = "basic.auth.credentials.source";
    static final String BASIC_USER_INFO = "basic.auth.user.info";
    static final String BASIC_USER_INFO_ALIAS = "schema.registry.basic.auth.user.info";
    static final String BEARER_SOURCE = "bearer.auth.credentials.source";
    static final String BEARER_TOKEN = "bearer.auth.token";
    static final String CONNECT_TIMEOUT_MS = "http.connect.timeout.ms";
    static final String READ_TIMEOUT_MS = "http.read.timeout.ms";
    static final String MAX_RETRIES = "max.retries";
    static final String RETRY_WAIT_MS = "retries.wait.ms";
    static final String RETRY_MAX_WAIT_MS = "retries.max.wait.ms";
    static final String TLS_PREFIX = "schema.registry.";

    /** Every setting with its type, default and meaning. */
    public static final ConfigDef DEFINITION = definition();

    public SerdeConfig(Map<String, ?> settings) {
        super(DEFINITION, settings, false);
    }

    private static ConfigDef definition() {
        ConfigDef tls = new ConfigDef().withClientSslSupport();
        ConfigDef all = new ConfigDef()
                .define(
                        URL,
                        ConfigDef.Type.LIST,
                        NO_DEFAULT_VALUE,
                        ConfigDef.ValidList.anyNonDuplicateValues(false, false),
                        HIGH,
                        "Addresses of the schema registry; the next is tried when one fails. May hold user:password@.")
                .define(
                        AUTO_REGISTER,
                        ConfigDef.Type.BOOLEAN,
                        true,
                        MEDIUM,
                        "Whether to register the schema of a record on first use. The stages switch it off: schemas are"
                                + " registered once, by 'schemas register'.")
                .define(
                        USE_LATEST_VERSION,
                        ConfigDef.Type.BOOLEAN,
                        false,
                        LOW,
                        "Without auto-registration: write records as the subject's latest version instead of the"
                                + " version that equals the record's own schema.")
                .define(
                        LATEST_CACHE_TTL_SECONDS,
                        ConfigDef.Type.INT,
                        -1,
                        atLeast(-1),
                        LOW,
                        "How long the latest version of a subject is remembered, in seconds; -1 for ever.")
                .define(
                        NORMALIZE,
                        ConfigDef.Type.BOOLEAN,
                        false,
                        MEDIUM,
                        "Whether the registry normalizes schemas before it compares them.")
                .define(
                        KEY_SUBJECT_NAME_STRATEGY,
                        ConfigDef.Type.STRING,
                        SubjectNameStrategy.TOPIC.className(),
                        MEDIUM,
                        "How the subject of a key's schema is named: by topic, by record or by both.")
                .define(
                        VALUE_SUBJECT_NAME_STRATEGY,
                        ConfigDef.Type.STRING,
                        SubjectNameStrategy.TOPIC.className(),
                        MEDIUM,
                        "How the subject of a value's schema is named: by topic, by record or by both.")
                .define(
                        SPECIFIC_READER,
                        ConfigDef.Type.BOOLEAN,
                        false,
                        MEDIUM,
                        "Whether to read into the generated class of the record's name instead of a generic record.")
                .define(
                        SPECIFIC_KEY_TYPE,
                        ConfigDef.Type.CLASS,
                        null,
                        MEDIUM,
                        "Generated class that every key is read into, whatever version it was written with.")
                .define(
                        SPECIFIC_VALUE_TYPE,
                        ConfigDef.Type.CLASS,
                        null,
                        MEDIUM,
                        "Generated class that every value is read into, whatever version it was written with.")
                .define(MAX_SCHEMAS, ConfigDef.Type.INT, 1000, atLeast(1), LOW, "How many schemas are remembered.")
                .define(
                        BASIC_SOURCE,
                        ConfigDef.Type.STRING,
                        "URL",
                        ValidString.in("URL", "USER_INFO"),
                        MEDIUM,
                        "Where user and password come from: the address, or " + BASIC_USER_INFO + ".")
                .define(BASIC_USER_INFO, ConfigDef.Type.PASSWORD, null, MEDIUM, "user:password, with source USER_INFO.")
                .define(
                        BASIC_USER_INFO_ALIAS,
                        ConfigDef.Type.PASSWORD,
                        null,
                        LOW,
                        "Older name of " + BASIC_USER_INFO + ".")
                .define(
                        BEARER_SOURCE,
                        ConfigDef.Type.STRING,
                        "STATIC_TOKEN",
                        ValidString.in("STATIC_TOKEN"),
                        LOW,
                        "Where the bearer token comes from.")
                .define(BEARER_TOKEN, ConfigDef.Type.PASSWORD, null, LOW, "Token to send instead of user and password.")
                .define(
                        CONNECT_TIMEOUT_MS,
                        ConfigDef.Type.INT,
                        10_000,
                        atLeast(1),
                        LOW,
                        "How long to wait for a connection to the registry, in milliseconds.")
                .define(
                        READ_TIMEOUT_MS,
                        ConfigDef.Type.INT,
                        30_000,
                        atLeast(1),
                        LOW,
                        "How long to wait for the registry's answer, in milliseconds.")
                .define(MAX_RETRIES, ConfigDef.Type.INT, 3, atLeast(0), LOW, "How often a failed call is repeated.")
                .define(
                        RETRY_WAIT_MS,
                        ConfigDef.Type.INT,
                        200,
                        atLeast(0),
                        LOW,
                        "Wait before the first repetition, in milliseconds; doubles each time.")
                .define(
                        RETRY_MAX_WAIT_MS,
                        ConfigDef.Type.INT,
                        5_000,
                        atLeast(0),
                        LOW,
                        "Longest wait before a repetition, in milliseconds.");
        all.embed(TLS_PREFIX, "TLS", 0, tls);
        return all;
    }

    SubjectNameStrategy subjectNameStrategy(boolean isKey) {
        String setting = isKey ? KEY_SUBJECT_NAME_STRATEGY : VALUE_SUBJECT_NAME_STRATEGY;
        return SubjectNameStrategy.named(setting, getString(setting));
    }

    @Nullable
    Class<?> specificType(boolean isKey) {
        return getClass(isKey ? SPECIFIC_KEY_TYPE : SPECIFIC_VALUE_TYPE);
    }

    /** Null for ever. */
    @Nullable
    Duration latestTimeToLive() {
        int seconds = getInt(LATEST_CACHE_TTL_SECONDS);
        return seconds < 0 ? null : Duration.ofSeconds(seconds);
    }

    Duration duration(String setting) {
        return Duration.ofMillis(getInt(setting));
    }

    @Nullable
    String secret(String setting) {
        Password password = getPassword(setting);
        return password == null || password.value().isEmpty() ? null : password.value();
    }
}
