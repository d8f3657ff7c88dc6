package org.dallemini.ingest.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not done, as {@code application/problem+json} (RFC 9457).
 *
 * @param status HTTP's
 * @param code stable; an {@code ErrorCode}'s where a prompt is refused, else one of this package
 * @param detail what is wrong and what to do, for people
 * @param pointer where in the body (RFC 6901); null if it is about the whole
 * @param headers that belong to the answer
 */
public record Problem(
        int status, String code, String detail, @Nullable String pointer, Map<String, String> headers) {
    public static final String MEDIA_TYPE = "application/problem+json";

    public static Problem of(int status, String code, String detail) {
        return at(status, null, code, detail);
    }

    /** An unexpected error. */
    public static Problem internalError() {
        return of(500, "internal-error", "This should not happen; the log says more.");
    }

    /** @param methods that may be used here */
    static Problem unknownMethod(List<String> methods) {
        String detail = "This cannot be done here: use " + String.join(" or ", methods) + ".";
        return of(405, "unknown-method", detail).with("Allow", String.join(", ", methods));
    }

    public static Problem at(String pointer, String code, String detail) {
        return at(400, pointer, code, detail);
    }

    public static Problem at(int status, @Nullable String pointer, String code, String detail) {
        Map<String, String> headers =
                switch (status) {
                    case 401 -> Map.of("WWW-Authenticate", "Bearer realm=\"dallemini\"");
                    case 503 -> Map.of("Retry-After", "5");
                    // What is left of a body that was not read cannot be told from the next request.
                    case 408, 413 -> Map.of("Connection", "close");
                    default -> Map.of();
                };
        return new Problem(status, code, detail, pointer, headers);
    }

    /** The caller wants too much at once. */
    public static Problem tooMany(String code, String detail, Duration retryAfter) {
        return of(429, code, detail).with("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
    }

    /** With a header more. */
    public Problem with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Problem(status, code, detail, pointer, Map.copyOf(more));
    }

    /** As it is written. */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", "urn:dallemini:problem:" + code);
        fields.put("title", code.replace('-', ' '));
        fields.put("status", status);
        fields.put("detail", detail);
        fields.put("code", code);
        if (pointer != null) {
            fields.put("pointer", pointer);
        }
        return fields;
    }
}
