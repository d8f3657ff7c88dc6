package org.dallemini.ingest.webhooks;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs what is sent, once with each secret, so that receivers can change from one to the next (Standard Webhooks,
 * symmetric scheme {@code v1}). Thread-safe.
 */
final class SigningKeys {
    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";

    /** The specification asks for 24 to 64 bytes. */
    private static final int MIN_BYTES = 24;

    private static final int MAX_BYTES = 64;

    private final List<SecretKeySpec> keys;

    private SigningKeys(List<SecretKeySpec> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads {@code whsec_} and Base64 of 24 to 64 bytes, several separated by commas.
     *
     * @throws IllegalArgumentException if one is something else; the message does not show it
     */
    static SigningKeys parse(String secrets) {
        List<SecretKeySpec> keys = new ArrayList<>();
        String[] all = secrets.split(",", -1);
        for (int i = 0; i < all.length; i++) {
            String secret = all[i].strip();
            byte[] key = secret.startsWith(PREFIX) ? decoded(secret.substring(PREFIX.length())) : new byte[0];
            if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
                throw new IllegalArgumentException("secret " + (i + 1) + " of " + all.length
                        + " is not whsec_ and Base64 of " + MIN_BYTES + " to " + MAX_BYTES
                        + " bytes: make one with: echo whsec_$(openssl rand -base64 32)");
            }
            keys.add(new SecretKeySpec(key, ALGORITHM));
        }
        return new SigningKeys(keys);
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /** The header {@code webhook-signature}. */
    String sign(String id, Instant timestamp, byte[] body) {
        return keys.stream().map(key -> "v1," + sign(key, id, timestamp, body)).collect(Collectors.joining(" "));
    }

    private static String sign(SecretKeySpec key, String id, Instant timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((id + "." + timestamp.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + ALGORITHM, e);
        }
    }
}
