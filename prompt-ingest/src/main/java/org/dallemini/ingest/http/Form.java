package org.dallemini.ingest.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a {@code multipart/form-data} body (RFC 7578).
 *
 * @param texts of fields without a file, by name
 * @param files contents of files, by the name of their field
 */
public record Form(Map<String, List<String>> texts, Map<String, List<byte[]>> files) {
    static final String TYPE = "multipart/form-data";

    private static final int MAX_PARTS = 64;

    /** @throws RefusedRequestException if it is no such body */
    static Form read(String contentType, byte[] body) throws RefusedRequestException {
        String boundary = MultiPart.extractBoundary(contentType);
        if (boundary == null) {
            throw broken("Content-Type has no boundary");
        }
        MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
        parser.setMaxParts(MAX_PARTS);
        parser.setMaxMemoryFileSize(body.length); // nothing is written to files
        parser.setMaxLength(body.length);
        Map<String, List<String>> texts = new LinkedHashMap<>();
        Map<String, List<byte[]>> files = new LinkedHashMap<>();
        try (MultiPartFormData.Parts parts =
                parser.parse(Content.Source.from(ByteBuffer.wrap(body))).join()) {
            for (MultiPart.Part part : parts) {
                add(part, texts, files);
            }
        } catch (CompletionException | IllegalArgumentException | IllegalStateException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw broken(String.valueOf(cause.getMessage()));
        }
        return new Form(texts, files);
    }

    private static void add(MultiPart.Part part, Map<String, List<String>> texts, Map<String, List<byte[]>> files)
            throws RefusedRequestException {
        String name = part.getName();
        if (name == null) {
            throw broken("a part has no name");
        }
        ByteBuffer content;
        try (part) {
            content = Content.Source.asByteBuffer(part.getContentSource());
        } catch (IOException e) {
            throw broken(String.valueOf(e.getMessage()));
        }
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        if (isFile(part)) {
            files.computeIfAbsent(name, any -> new ArrayList<>()).add(bytes);
        } else {
            texts.computeIfAbsent(name, any -> new ArrayList<>()).add(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    /** Some clients leave the name of a file out. */
    private static boolean isFile(MultiPart.Part part) {
        String type = part.getHeaders().get(HttpHeader.CONTENT_TYPE);
        return part.getFileName() != null || type != null && !type.startsWith("text/");
    }

    private static RefusedRequestException broken(String why) {
        return new RefusedRequestException(
                Problem.of(400, "invalid-form", "The body cannot be read as " + TYPE + ": " + why + "."));
    }

    /** The only text of a field; null if there is none. */
    public @Nullable String text(String name) throws RefusedRequestException {
        List<String> all = texts.getOrDefault(name, List.of());
        if (all.size() > 1) {
            throw new RefusedRequestException(
                    Problem.at("/" + name, "invalid-parameter", name + " is given more than once."));
        }
        return all.isEmpty() ? null : all.get(0);
    }
}
