package org.dallemini.ingest.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What is sent back. */
@FunctionalInterface
public interface Answer {
    ObjectMapper JSON = new ObjectMapper();

    /**
     * Writes the answer; returns at once, though the answer may be written later.
     *
     * @param callback must be completed once
     */
    void write(Response response, Callback callback);

    /** JSON of one line. */
    static String text(Map<String, ?> fields) {
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An object as JSON, not to be cached. */
    static Answer json(int status, Map<String, ?> body, Map<String, String> headers) {
        return json("application/json", status, body, headers);
    }

    static Answer json(int status, Map<String, ?> body) {
        return json(status, body, Map.of());
    }

    private static Answer json(String type, int status, Map<String, ?> body, Map<String, String> headers) {
        byte[] bytes = (text(body) + "\n").getBytes(StandardCharsets.UTF_8);
        return (response, callback) -> {
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            bytes(status, type, bytes, headers).write(response, callback);
        };
    }

    /** @param headers replace those that would be sent otherwise */
    static Answer bytes(int status, String type, byte[] body, Map<String, String> headers) {
        return (response, callback) -> {
            response.setStatus(status);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            headers.forEach(response.getHeaders()::put);
            response.write(true, ByteBuffer.wrap(body), callback);
        };
    }

    /** No content, which is as it should be. */
    static Answer nothing(Map<String, String> headers) {
        return (response, callback) -> {
            response.setStatus(204);
            headers.forEach(response.getHeaders()::put);
            response.write(true, ByteBuffer.allocate(0), callback);
        };
    }

    /** As RFC 9457 has it, with the headers that belong to its status. */
    static Answer problem(Problem problem) {
        return json(Problem.MEDIA_TYPE, problem.status(), problem.fields(), problem.headers());
    }
}
