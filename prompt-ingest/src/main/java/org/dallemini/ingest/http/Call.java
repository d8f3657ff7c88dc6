package org.dallemini.ingest.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** A request, as far as an {@link Endpoint} needs it. */
public final class Call {
    /** How long a body may take; who sends a byte now and then would hold a thread for as long. */
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);

    /** Of a form, whose pictures are made as small as the model draws before they go any further. */
    private static final int MAX_FORM_BYTES = 16 << 20;

    private final Request request;
    private final Map<String, String> variables;
    private final Caller caller;
    private final boolean isOfAllowedPage;
    private final int maxBodyBytes;

    /** @param isOfAllowedPage whether it comes from a page of another site that may ask for all of this */
    Call(Request request, Map<String, String> variables, Caller caller, boolean isOfAllowedPage, int maxBodyBytes) {
        this.request = request;
        this.variables = Map.copyOf(variables);
        this.caller = caller;
        this.isOfAllowedPage = isOfAllowedPage;
        this.maxBodyBytes = maxBodyBytes;
    }

    /** A variable of the route's path. */
    public String variable(String name) {
        return Objects.requireNonNull(variables.get(name), name);
    }

    public Caller caller() {
        return caller;
    }

    /** Whether only the headers of the answer are asked for. */
    public boolean isHead() {
        return HttpMethod.HEAD.is(request.getMethod());
    }

    /** The first value of a header. */
    public @Nullable String header(String name) {
        return request.getHeaders().get(name);
    }

    /** The parameters of the query, each with all of its values. */
    public Map<String, List<String>> parameters() throws RefusedRequestException {
        try {
            Map<String, List<String>> parameters = new LinkedHashMap<>();
            for (Fields.Field field : Request.extractQueryParameters(request)) {
                parameters.put(field.getName(), field.getValues());
            }
            return parameters;
        } catch (RuntimeException e) { // of several types, for escapes that are none
            throw new RefusedRequestException(
                    Problem.of(400, "invalid-query", "The query cannot be read: escape it as UTF-8 with %."));
        }
    }

    /**
     * For requests that change something and have no body: a page of another site may make a browser send those without
     * asking, and the browser says so.
     */
    public void refuseForeignPages() throws RefusedRequestException {
        String site = header("Sec-Fetch-Site");
        if (site != null && !isOfAllowedPage && !site.equals("same-origin") && !site.equals("none")) {
            throw new RefusedRequestException(Problem.of(
                    403,
                    "foreign-page",
                    "A page of another site may not ask for this, unless whoever runs this sets api.cors.origins."));
        }
    }

    /** The body, which must be called JSON; it is not parsed. */
    public byte[] json() throws RefusedRequestException, IOException {
        // A form of a foreign web page can send other types without asking, but not this one.
        String type = header(HttpHeader.CONTENT_TYPE.asString());
        String bare = type == null ? "" : type.replaceFirst(";.*", "").trim().toLowerCase(Locale.ROOT);
        if (!bare.equals("application/json")) {
            throw new RefusedRequestException(
                    Problem.of(415, "unknown-media-type", "Send Content-Type: application/json."));
        }
        return body(maxBodyBytes, "api.max.body.bytes");
    }

    /**
     * The body, which must be a form with files. Pages of other sites can make a browser send one without asking, so
     * those are refused.
     */
    public Form form() throws RefusedRequestException, IOException {
        String type = header(HttpHeader.CONTENT_TYPE.asString());
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(Form.TYPE)) {
            throw new RefusedRequestException(
                    Problem.of(415, "unknown-media-type", "Send Content-Type: " + Form.TYPE + "."));
        }
        refuseForeignPages();
        return Form.read(type, body(Math.max(maxBodyBytes, MAX_FORM_BYTES), "of a form with pictures"));
    }

    private byte[] body(int maxBodyBytes, String whose) throws RefusedRequestException, IOException {
        if (request.getLength() > maxBodyBytes) {
            throw tooLarge(maxBodyBytes, whose);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] some = new byte[16 << 10];
        long end = System.nanoTime() + BODY_TIMEOUT.toNanos();
        try (InputStream in = Request.asInputStream(request)) {
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                body.write(some, 0, read);
                if (body.size() > maxBodyBytes) {
                    throw tooLarge(maxBodyBytes, whose);
                }
                if (System.nanoTime() > end) {
                    throw new RefusedRequestException(Problem.of(
                            408,
                            "body-too-slow",
                            "The body took longer than " + BODY_TIMEOUT.toSeconds() + " s: send it again."));
                }
            }
        }
        return body.toByteArray();
    }

    private static RefusedRequestException tooLarge(int maxBodyBytes, String whose) {
        return new RefusedRequestException(Problem.of(
                413,
                "body-too-large",
                "The body is larger than " + maxBodyBytes + " bytes (" + whose
                        + "): make it smaller, or send several requests."));
    }
}
