package org.dallemini.ingest.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From HTTP to {@link JobResource} and back. */
final class ApiHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JOBS = "/v1/jobs";

    /** How long a body may take; who sends a byte now and then would hold a thread for as long. */
    private static final Duration LONGEST_BODY = Duration.ofSeconds(30);

    private final JobResource jobs;
    private final Access access;
    private final int maxBodyBytes;

    ApiHandler(JobResource jobs, Access access, int maxBodyBytes) {
        this.jobs = jobs;
        this.access = access;
        this.maxBodyBytes = maxBodyBytes;
    }

    /** What is sent back. */
    private record Answer(int status, Map<String, Object> body, Map<String, String> headers) {}

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            Answer answer = answer(request);
            answer.headers().forEach(response.getHeaders()::put);
            write(response, callback, answer.status(), "application/json", answer.body());
        } catch (RefusedRequestException e) {
            problem(response, callback, e.problem());
        } catch (IOException e) {
            problem(response, callback, Problem.of(400, "incomplete-body", "The body did not arrive."));
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", request.getMethod(), path(request), e);
            problem(
                    response,
                    callback,
                    Problem.of(500, "internal-error", "This should not happen; the log says more."));
        }
        return true;
    }

    private Answer answer(Request request) throws RefusedRequestException, IOException {
        String path = path(request);
        boolean isList = path.equals(JOBS);
        if (!isList && !(path.startsWith(JOBS + "/") && path.indexOf('/', JOBS.length() + 1) < 0)) {
            throw new RefusedRequestException(
                    Problem.of(404, "unknown-path", "There are " + JOBS + " and " + JOBS + "/{id}."));
        }
        boolean isPost = request.getMethod().equals("POST");
        if (!request.getMethod().equals("GET") && !(isList && isPost)) {
            throw new RefusedRequestException(Problem.unknownMethod(isList ? List.of("GET", "POST") : List.of("GET")));
        }
        access.check(
                isPost ? Role.SUBMIT : Role.READ,
                request.getHeaders().get(HttpHeader.HOST),
                request.getHeaders().get(HttpHeader.AUTHORIZATION));
        if (isPost) {
            requireJson(request);
            Submission accepted = jobs.submit(body(request));
            return new Answer(202, JobJson.accepted(accepted), Map.of("Location", JOBS + "/" + accepted.jobId()));
        }
        if (isList) {
            var page = jobs.list(parameters(request));
            return new Answer(200, JobJson.page(page.jobs(), page.next()), Map.of());
        }
        return new Answer(200, JobJson.job(jobs.find(path.substring(JOBS.length() + 1))), Map.of());
    }

    /** As it was sent: nothing that is served here has a character that needs to be escaped. */
    private static String path(Request request) {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    /** A form of a foreign web page can send other types without asking, but not this one. */
    private static void requireJson(Request request) throws RefusedRequestException {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        String bare = type == null ? "" : type.replaceFirst(";.*", "").trim().toLowerCase(Locale.ROOT);
        if (!bare.equals("application/json")) {
            throw new RefusedRequestException(
                    Problem.of(415, "unknown-media-type", "Send Content-Type: application/json."));
        }
    }

    private byte[] body(Request request) throws RefusedRequestException, IOException {
        if (request.getLength() > maxBodyBytes) {
            throw tooLarge();
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] some = new byte[16 << 10];
        long end = System.nanoTime() + LONGEST_BODY.toNanos();
        try (InputStream in = Request.asInputStream(request)) {
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                body.write(some, 0, read);
                if (body.size() > maxBodyBytes) {
                    throw tooLarge();
                }
                if (System.nanoTime() > end) {
                    throw new RefusedRequestException(Problem.of(
                            408,
                            "body-too-slow",
                            "The body took longer than " + LONGEST_BODY.toSeconds() + " s: send it again."));
                }
            }
        }
        return body.toByteArray();
    }

    private RefusedRequestException tooLarge() {
        return new RefusedRequestException(Problem.of(
                413,
                "body-too-large",
                "The body is larger than " + maxBodyBytes + " bytes (api.max.body.bytes): send several requests."));
    }

    private static Map<String, List<String>> parameters(Request request) throws RefusedRequestException {
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

    static void problem(Response response, Callback callback, Problem problem) {
        switch (problem.status()) {
            case 401 -> response.getHeaders().put("WWW-Authenticate", "Bearer realm=\"dallemini\"");
            case 405 -> response.getHeaders().put("Allow", String.join(", ", problem.methods()));
            case 503 -> response.getHeaders().put("Retry-After", "5");
            default -> {}
        }
        // What is left of a body that was not read cannot be told from the next request.
        if (problem.status() == 408 || problem.status() == 413) {
            response.getHeaders().put(new HttpField(HttpHeader.CONNECTION, "close"));
        }
        write(response, callback, problem.status(), Problem.MEDIA_TYPE, problem.fields());
    }

    /** For what the server refuses before it gets here: malformed or oversized requests. */
    static boolean error(Request request, Response response, Callback callback) {
        int status = response.getStatus() >= 400 ? response.getStatus() : 500;
        String reason = HttpStatus.getMessage(status);
        problem(
                response,
                callback,
                Problem.of(status, "http-" + status, reason + ": the request was refused by the server."));
        return true;
    }

    private static void write(Response response, Callback callback, int status, String type, Map<String, Object> body) {
        byte[] bytes;
        try {
            bytes = (JSON.writeValueAsString(body) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.write(true, ByteBuffer.wrap(bytes), callback);
    }
}
