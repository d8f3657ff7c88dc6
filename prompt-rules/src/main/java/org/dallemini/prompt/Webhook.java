package org.dallemini.prompt;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Who is told about a job and its images, and of what. Publishers say it in headers of each prompt's record; they
 * travel to {@code stored-images}, as every header does, and the job tracker puts them on {@code jobs}.
 *
 * @param url as {@link #of(String, List)} lets it pass
 * @param events at least one
 */
public record Webhook(String url, Set<EventType> events) {
    /** The URL to which events are sent. */
    public static final String URL = "dallemini.webhook";

    /** The events that are wanted, separated by commas; all if the header is missing. */
    public static final String EVENTS = "dallemini.webhook.events";

    /** Longest URL, in characters. */
    public static final int MAX_URL_LENGTH = 2048;

    private static final int MAX_EVENTS_LENGTH = 256;
    private static final int LAST_PORT = 65_535;

    public Webhook {
        events = Set.copyOf(events);
    }

    /**
     * Checks the form, not whether anything may be sent there.
     *
     * @param events as {@link EventType#text} writes them; empty for all
     * @throws InvalidWebhookException if it is no absolute http or https URL, has credentials or a fragment, or an
     *     event is none
     */
    public static Webhook of(String url, List<String> events) throws InvalidWebhookException {
        if (url.length() > MAX_URL_LENGTH) {
            throw new InvalidWebhookException("the URL has " + url.length() + " characters, the limit is "
                    + MAX_URL_LENGTH + ": choose a shorter one");
        }
        URI uri = parsed(url);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw new InvalidWebhookException("the URL does not begin with https://: write it in full");
        }
        // Credentials first: with some of them there is no host by Java's reckoning.
        if (uri.getRawUserInfo() != null
                || (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@"))) {
            throw new InvalidWebhookException(
                    "the URL holds credentials: leave them out, the receiver verifies signatures");
        }
        if (uri.getHost() == null || uri.getPort() > LAST_PORT || uri.getPort() == 0) {
            throw new InvalidWebhookException("the URL names no host that can be connected to: write it as"
                    + " https://host/path, an international name in its ASCII form (xn--...)");
        }
        if (uri.getRawFragment() != null) {
            throw new InvalidWebhookException("the URL has a fragment, which no server is sent: leave it out");
        }
        if (!url.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new InvalidWebhookException("the URL holds characters beyond ASCII: write them percent-encoded");
        }
        return new Webhook(url, events.isEmpty() ? EnumSet.allOf(EventType.class) : types(events));
    }

    private static URI parsed(String url) throws InvalidWebhookException {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new InvalidWebhookException("the URL is none: write it as https://host/path, with spaces and other"
                    + " characters that no URL holds percent-encoded");
        }
    }

    private static Set<EventType> types(List<String> events) throws InvalidWebhookException {
        Set<EventType> types = EnumSet.noneOf(EventType.class);
        for (String event : events) {
            types.add(EventType.of(event.strip())
                    .orElseThrow(() -> new InvalidWebhookException(
                            "an event is none of " + names() + ": choose among these, or leave them out for all")));
        }
        return types;
    }

    private static String names() {
        return Arrays.stream(EventType.values()).map(EventType::text).collect(Collectors.joining(", "));
    }

    /**
     * From the headers of a record; empty if they name none.
     *
     * @throws InvalidWebhookException as {@link #of(String, List)}
     */
    public static Optional<Webhook> of(Headers headers) throws InvalidWebhookException {
        String url = text(headers, URL, MAX_URL_LENGTH);
        if (url == null) {
            return Optional.empty();
        }
        String events = text(headers, EVENTS, MAX_EVENTS_LENGTH);
        return Optional.of(of(url, events == null || events.isBlank() ? List.of() : List.of(events.split(",", -1))));
    }

    /** From the headers of a record; empty if they name none that anybody could be told by. */
    public static Optional<Webhook> ifValid(Headers headers) {
        try {
            return of(headers);
        } catch (InvalidWebhookException e) {
            return Optional.empty(); // the intake has refused the prompt, or has not seen it
        }
    }

    private static @Nullable String text(Headers headers, String name, int most) throws InvalidWebhookException {
        Header header = headers.lastHeader(name);
        if (header == null || header.value() == null) {
            return null;
        }
        if (header.value().length > most) {
            throw new InvalidWebhookException("the header " + name + " has " + header.value().length
                    + " bytes, the limit is " + most + ": make it shorter");
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Puts it into headers, in place of one that is there. */
    public void write(Headers headers) {
        headers.remove(URL);
        headers.remove(EVENTS);
        headers.add(URL, url.getBytes(StandardCharsets.UTF_8));
        List<String> names = new ArrayList<>();
        events.stream().sorted().forEach(event -> names.add(event.text()));
        headers.add(EVENTS, String.join(",", names).getBytes(StandardCharsets.UTF_8));
    }
}
