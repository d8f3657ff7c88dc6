package org.dallemini.stage.moderation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Writes releases into the headers of records, and believes only those that are signed: anybody may write to
 * {@code prompts}, and headers travel with a record through the whole pipeline. The signature is of name, reason and
 * the record (HMAC-SHA256 with a key that stages and moderators share): its topic, its key, its id as an event and its
 * value. So it lets pass that record alone, and that of a prompt is of no use once the prompt has come. {@link #forget}
 * takes it from what is made of the record. Thread-safe.
 */
public final class Releases {
    /** The setting of the key. */
    public static final String KEY = "moderation.release.key";

    /** Headers. */
    public static final String BY = "dallemini.release.by";

    public static final String REASON = "dallemini.release.reason";
    public static final String SIGNATURE = "dallemini.release.signature";

    /** Of CloudEvents: the id of a prompt that has none in its value. */
    private static final String EVENT_ID = "ce_id";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SHORTEST_KEY = 16;

    private final @Nullable SecretKeySpec secret;

    private Releases(@Nullable SecretKeySpec secret) {
        this.secret = secret;
    }

    /** Adds the setting. */
    public static ConfigDef define(ConfigDef definition) {
        return definition.define(
                KEY,
                Type.PASSWORD,
                "",
                LambdaValidator.with(Releases::check, () -> SHORTEST_KEY + " characters or more"),
                Importance.LOW,
                "Secret by which 'dallemini moderation release', and the HTTP API for a key with a laxer "
                        + "filter.prompt, sign what they let pass the filters, the same for the prompt ingest, the image "
                        + "decoders and those who release. Empty: nothing can be released.");
    }

    private static void check(String name, @Nullable Object value) {
        int length = value instanceof Password password ? password.value().length() : 0;
        if (length > 0 && length < SHORTEST_KEY) {
            throw new ConfigException(name + " is too short a secret: use " + SHORTEST_KEY + " characters or more");
        }
    }

    /** @param config of a definition that was given to {@link #define} */
    public static Releases of(AbstractConfig config) {
        byte[] bytes = config.getPassword(KEY).value().getBytes(StandardCharsets.UTF_8);
        return new Releases(bytes.length == 0 ? null : new SecretKeySpec(bytes, ALGORITHM));
    }

    /** Whether there is a key. */
    public boolean arePossible() {
        return secret != null;
    }

    /** Removes the signature: what was made of a released record is not that record. */
    public static void forget(Headers headers) {
        headers.remove(SIGNATURE);
    }

    /** The release of a record; empty if it has none, or one that was not signed for this record. */
    public Optional<Release> of(String topic, byte @Nullable [] key, Headers headers, byte @Nullable [] value) {
        String by = text(headers, BY);
        String reason = text(headers, REASON);
        Header signature = headers.lastHeader(SIGNATURE);
        if (secret == null || value == null || by == null || reason == null || signature == null) {
            return Optional.empty();
        }
        try {
            Release release = new Release(by, reason);
            boolean isOurs =
                    MessageDigest.isEqual(signature(secret, release, topic, key, headers, value), signature.value());
            return isOurs ? Optional.of(release) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes a release, in place of an earlier one.
     *
     * @throws IllegalStateException if there is no key
     */
    public void sign(ProducerRecord<byte[], byte[]> record, Release release) {
        Headers headers = record.headers();
        if (secret == null) {
            throw new IllegalStateException(KEY + " is not set");
        }
        for (String name : new String[] {BY, REASON, SIGNATURE}) {
            headers.remove(name);
        }
        headers.add(BY, release.by().getBytes(StandardCharsets.UTF_8));
        headers.add(REASON, release.reason().getBytes(StandardCharsets.UTF_8));
        headers.add(SIGNATURE, signature(secret, release, record.topic(), record.key(), headers, record.value()));
    }

    private static byte[] signature(
            SecretKeySpec secret, Release release, String topic, byte @Nullable [] key, Headers headers, byte[] value) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            Header event = headers.lastHeader(EVENT_ID);
            byte[][] parts = {
                release.by().getBytes(StandardCharsets.UTF_8),
                release.reason().getBytes(StandardCharsets.UTF_8),
                topic.getBytes(StandardCharsets.UTF_8),
                key,
                event == null ? null : event.value(),
                value
            };
            for (byte[] part : parts) { // each with its length, so that none can pass for the beginning of another
                mac.update(ByteBuffer.allocate(Integer.BYTES)
                        .putInt(part == null ? -1 : part.length)
                        .flip());
                mac.update(part == null ? new byte[0] : part);
            }
            return mac.doFinal();
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }

    private static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
