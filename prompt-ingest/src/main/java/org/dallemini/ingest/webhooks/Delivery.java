package org.dallemini.ingest.webhooks;

import java.net.URI;
import java.util.Locale;
import org.dallemini.prompt.EventType;

/**
 * A webhook message that is still to be delivered.
 *
 * @param id the same at each attempt, so that receivers recognise repetitions
 * @param type {@link EventType#text}
 * @param subject the id of the image or job
 * @param url where to
 * @param body JSON
 * @param createdAt milliseconds, as is {@code nextAt}
 * @param attempts that have failed
 * @param nextAt not before this
 */
record Delivery(
        String id, String type, String subject, String url, String body, long createdAt, int attempts, long nextAt) {
    /** Neither can be part of an origin, and the first sorts directly before the second. */
    private static final String SEPARATOR = " ";

    private static final String BEHIND = "!";

    /** The receiver, for example {@code https://example.com:443}. */
    String origin() {
        URI uri = URI.create(url);
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int port = uri.getPort() > 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }

    /** In the store: those of a receiver lie together, in the order in which they are due. */
    String key() {
        return begin(origin()) + time(nextAt) + SEPARATOR + id;
    }

    private static String time(long millis) {
        return String.format(Locale.ROOT, "%016x", Math.max(0, millis));
    }

    /** Before all keys of a receiver. */
    static String begin(String origin) {
        return origin + SEPARATOR;
    }

    /** Behind all keys of a receiver. */
    static String end(String origin) {
        return origin + BEHIND;
    }

    /** Behind those of its keys that are due. */
    static String due(String origin, long now) {
        return begin(origin) + time(now) + BEHIND;
    }

    static String originOf(String key) {
        return key.substring(0, key.indexOf(SEPARATOR));
    }

    static long nextAtOf(String key) {
        int time = key.indexOf(SEPARATOR) + 1;
        return Long.parseLong(key.substring(time, time + 16), 16);
    }

    /** After one more attempt that has failed. */
    Delivery again(long next) {
        return new Delivery(id, type, subject, url, body, createdAt, attempts + 1, next);
    }
}
