package org.dallemini.ingest.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Call;
import org.dallemini.schemas.Hashes;

/**
 * A file of the page.
 *
 * @param type media type
 * @param tag of its content, as in the header {@code ETag}
 */
record PageFile(String type, byte[] content, String tag) {
    /** Only what comes from here runs, styles or shows; nothing is sent elsewhere, and no text becomes markup. */
    private static final String POLICY = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'");

    /** Reads a file that lies beside this class. */
    static PageFile load(String name) {
        try (InputStream in = PageFile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The program is incomplete: it lacks " + name);
            }
            byte[] content = in.readAllBytes();
            return new PageFile(type(name), content, "\"" + Hashes.hex(content) + "\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** To be asked for each time, since the next version has the same names; it is sent only if it has changed. */
    Answer answer(Call call) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Security-Policy", POLICY);
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("ETag", tag);
        headers.put("Cache-Control", "no-cache");
        return tag.equals(call.header("If-None-Match"))
                ? Answer.bytes(304, type, new byte[0], headers)
                : Answer.bytes(200, type, content, headers);
    }
}
