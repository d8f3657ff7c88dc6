package org.dallemini.models.pull;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import org.dallemini.models.pull.PullException.Kind;
import org.dallemini.schemas.RetryAfter;
import org.jspecify.annotations.Nullable;

/**
 * Requests that follow redirects by rules of their own: never from https to http, and the token goes to no other host
 * than the one that was asked.
 */
final class Http {
    private static final int MAX_REDIRECTS = 10;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();
    private final boolean allowHttp;

    /** @param allowHttp whether an address may be plain http */
    Http(boolean allowHttp) {
        this.allowHttp = allowHttp;
    }

    /** Which redirects are followed. */
    enum Redirects {
        ALL,
        /** Only those that stay on the host: an answer that leads elsewhere is returned. */
        SAME_HOST
    }

    /**
     * Answers to a request: redirects, then the last one. Its body has to be closed.
     *
     * @param moved whether the last answer came from another host than the one that was asked
     */
    record Answer(List<HttpResponse<InputStream>> hops, boolean moved) implements AutoCloseable {
        private HttpResponse<InputStream> last() {
            return hops.get(hops.size() - 1);
        }

        int status() {
            return last().statusCode();
        }

        InputStream body() {
            return last().body();
        }

        /** The address that gave the last answer, without what may be a signature. */
        String address() {
            return withoutQuery(last().uri());
        }

        Optional<String> header(String name) {
            return last().headers().firstValue(name);
        }

        /** Of the first answer that has it. */
        Optional<String> anyHeader(String name) {
            return hops.stream()
                    .flatMap(hop -> hop.headers().firstValue(name).stream())
                    .findFirst();
        }

        @Override
        public void close() throws IOException {
            body().close();
        }
    }

    /**
     * Sends a request without a body.
     *
     * @param token sent as a bearer token to the host of {@code uri} alone; null for none
     * @throws PullException {@link Kind#UNAVAILABLE} if there is no answer, or one that says to come back later;
     *     {@link Kind#REFUSED} for plain http and redirects that are not followed
     */
    Answer send(String method, URI uri, Map<String, String> headers, @Nullable String token, Redirects redirects)
            throws IOException {
        requireAllowed(uri);
        var hops = new ArrayList<HttpResponse<InputStream>>();
        URI next = uri;
        boolean moved = false;
        while (hops.size() <= MAX_REDIRECTS) {
            HttpResponse<InputStream> response = send(method, next, headers, moved ? null : token);
            hops.add(response);
            Optional<String> location = response.headers().firstValue("Location");
            if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
                return checked(new Answer(List.copyOf(hops), moved));
            }
            URI target = redirect(next, location.get());
            if (!isSameHost(uri, target) && redirects == Redirects.SAME_HOST) {
                return new Answer(List.copyOf(hops), moved);
            }
            response.body().close();
            moved |= !isSameHost(uri, target);
            next = target;
        }
        throw new PullException(
                Kind.REFUSED, withoutQuery(uri) + " redirects more than " + MAX_REDIRECTS + " times, in a circle?");
    }

    private HttpResponse<InputStream> send(String method, URI uri, Map<String, String> headers, @Nullable String token)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.noBody())
                .timeout(ANSWER)
                .header("User-Agent", "dallemini")
                .header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullException(Kind.INTERRUPTED, "Interrupted", e);
        } catch (IOException e) {
            throw noAnswer(uri, e);
        }
    }

    private static PullException noAnswer(URI uri, IOException e) {
        String where = withoutQuery(uri);
        if (has(e, UnresolvedAddressException.class) || has(e, UnknownHostException.class)) {
            return new PullException(
                    Kind.UNAVAILABLE,
                    "There is no host " + uri.getHost() + "; check the address and this machine's network",
                    e);
        }
        if (has(e, SSLHandshakeException.class)) {
            return new PullException(
                    Kind.REFUSED,
                    where + " cannot be trusted: " + reason(e)
                            + "; check the address, this machine's clock and Java's certificates",
                    e);
        }
        return new PullException(Kind.UNAVAILABLE, where + " does not answer: " + reason(e), e);
    }

    /** What an exception says; JDK's own often say nothing, but their causes do. */
    static String reason(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t.getMessage() != null && !t.getMessage().isBlank()) {
                return t.getMessage();
            }
        }
        return failure instanceof ConnectException
                ? "no connection"
                : failure.getClass().getSimpleName();
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> cause) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (cause.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    private void requireAllowed(URI uri) throws PullException {
        if (isPlain(uri) && !allowHttp) {
            throw new PullException(
                    Kind.REFUSED,
                    withoutQuery(uri) + " is plain http: whoever is on the way can read and change what comes."
                            + " Use https, or give --allow-http");
        }
    }

    /** Where an answer leads, if it may be followed. */
    static URI redirect(URI from, String location) throws PullException {
        URI target;
        try {
            target = from.resolve(URI.create(location));
        } catch (IllegalArgumentException e) {
            throw new PullException(Kind.REFUSED, withoutQuery(from) + " redirects to what is no address", e);
        }
        boolean known = isPlain(target) || "https".equalsIgnoreCase(target.getScheme());
        if (!known || target.getHost() == null) {
            throw new PullException(Kind.REFUSED, withoutQuery(from) + " redirects to what is no http address");
        }
        if (isPlain(target) && !isPlain(from)) {
            throw new PullException(
                    Kind.REFUSED,
                    withoutQuery(from) + " redirects from https to plain http (" + withoutQuery(target)
                            + "), which is never followed");
        }
        return target;
    }

    /** Answers that say to come back later become exceptions; all others are the caller's to judge. */
    private static Answer checked(Answer answer) throws IOException {
        int status = answer.status();
        if (status != 408 && status != 429 && status < 500) {
            return answer;
        }
        answer.close();
        Duration wait = RetryAfter.parse(
                answer.header("Retry-After").orElse(null), Clock.systemUTC().instant());
        throw new PullException(
                Kind.UNAVAILABLE,
                answer.address() + " answers " + status + (status == 429 ? ", too many requests" : "")
                        + (wait == null ? "" : " and asks to wait " + wait.toSeconds() + " s"),
                null,
                wait);
    }

    private static boolean isPlain(URI uri) {
        return "http".equalsIgnoreCase(uri.getScheme());
    }

    /** Another port is another host: a server beside the hub is not the hub. */
    private static boolean isSameHost(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme())
                && a.getHost().equalsIgnoreCase(b.getHost())
                && port(a) == port(b);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : isPlain(uri) ? 80 : 443;
    }

    /** An address for messages: queries of storage hosts hold signatures. */
    static String withoutQuery(URI uri) {
        String text = uri.toString();
        int query = text.indexOf('?');
        return query < 0 ? text : text.substring(0, query);
    }
}
