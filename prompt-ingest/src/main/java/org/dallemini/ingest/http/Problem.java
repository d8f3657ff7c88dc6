package org.dallemini.ingest.http;

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
 * @param methods those that there are, if it is about the method; else none
 */
public record Problem(
        int status, String code, String detail, @Nullable String pointer, List<String> methods) {
    public static final String MEDIA_TYPE = "application/problem+json";

    public static Problem of(int status, String code, String detail) {
        return new Problem(status, code, detail, null, List.of());
    }

    /** @param methods that may be used here */
    static Problem unknownMethod(List<String> methods) {
        String detail = "Use " + String.join(" or ", methods) + ".";
        return new Problem(405, "unknown-method", detail, null, List.copyOf(methods));
    }

    public static Problem at(String pointer, String code, String detail) {
        return at(400, pointer, code, detail);
    }

    public static Problem at(int status, String pointer, String code, String detail) {
        return new Problem(status, code, detail, pointer, List.of());
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
