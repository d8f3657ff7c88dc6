package org.dallemini.ingest.http;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Whose pages may use the API from a browser (CORS, Fetch Living Standard, section 3.2). A page sends its key in a
 * header, as others do, so nobody is allowed to send cookies, and never any origin at all.
 */
public final class Origins {
    /** No other site's. */
    public static final Origins NONE = new Origins(Set.of());

    private static final Pattern ORIGIN =
            Pattern.compile("https?://(?:[a-z0-9.-]+|\\[[0-9a-f:.]+])(?::[1-9]\\d{0,4})?");

    /** What a page may read of an answer, besides its content. */
    private static final String EXPOSED = "Allow, ETag, Location, Retry-After, WWW-Authenticate, X-Should-Retry";

    /** Names of headers that a page may send are taken as it gives them, if they are names. */
    private static final Pattern HEADERS =
            Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \\t]*,[ \\t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*");

    private static final String TEN_MINUTES = "600";

    private final Set<String> allowed;

    /** @param allowed each as {@link #isOrigin} lets it pass */
    public Origins(Set<String> allowed) {
        this.allowed = allowed.stream().map(Origins::folded).collect(Collectors.toUnmodifiableSet());
    }

    private static String folded(String origin) {
        return origin.toLowerCase(Locale.ROOT);
    }

    /** Whether a text is scheme, host and, if it is not the scheme's own, port: {@code https://app.example.org}. */
    public static boolean isOrigin(String text) {
        return ORIGIN.matcher(folded(text)).matches();
    }

    /** Whether a request comes from a page that is allowed here. */
    boolean allow(HttpFields request) {
        @Nullable String origin = request.get(HttpHeader.ORIGIN);
        return origin != null && allowed.contains(folded(origin));
    }

    /** Puts what a browser looks at into the headers of an answer. */
    void tell(HttpFields request, HttpFields.Mutable answer) {
        if (allowed.isEmpty()) {
            return;
        }
        answer.add(HttpHeader.VARY, "Origin");
        if (allow(request)) {
            answer.put("Access-Control-Allow-Origin", request.get(HttpHeader.ORIGIN));
            answer.put("Access-Control-Expose-Headers", EXPOSED);
        }
    }

    /**
     * Puts the answer to a preflight into the headers, if it is one and the page is allowed here.
     *
     * @param methods that there are at the path
     */
    void permit(HttpFields request, List<String> methods, HttpFields.Mutable answer) {
        if (!allow(request) || !request.contains("Access-Control-Request-Method")) {
            return;
        }
        answer.put("Access-Control-Allow-Methods", String.join(", ", methods));
        @Nullable HttpField headers = request.getField("Access-Control-Request-Headers");
        if (headers != null
                && headers.getValue() != null
                && HEADERS.matcher(headers.getValue()).matches()) {
            answer.put("Access-Control-Allow-Headers", headers.getValue());
        }
        answer.put("Access-Control-Max-Age", TEN_MINUTES);
    }
}
