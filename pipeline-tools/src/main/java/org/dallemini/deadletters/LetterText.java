package org.dallemini.deadletters;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.dallemini.stage.DeadLetters;

/** Dead letters as lines of text and of JSON. */
public final class LetterText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectWriter PRETTY = JSON.writerWithDefaultPrettyPrinter();
    private static final int MAX_MESSAGE = 120;

    /** Width of the columns; longer entries push the rest of their line to the right. */
    private static final String LINE = "%-24s %-8s %-20s %-30s %-18s %2d %-16s %s%s%s";

    private LetterText() {}

    /** One line for people, fit for a terminal. */
    public static String line(DeadLetter letter, boolean replayed) {
        return String.format(
                Locale.ROOT,
                LINE,
                printable(letter.record().topic()),
                letter.record().partition() + ":" + letter.record().offset(),
                letter.time().truncatedTo(ChronoUnit.SECONDS),
                printable(letter.key()),
                printable(letter.code()),
                letter.attempts(),
                printable(letter.stage()),
                replayed ? "(replayed) " : "",
                letter.omitted().isPresent() ? "(record omitted) " : "",
                cut(printable(letter.message())));
    }

    /** A JSON object with what {@link #line} has. */
    public static ObjectNode summary(DeadLetter letter) {
        return JSON.createObjectNode()
                .put("topic", letter.record().topic())
                .put("partition", letter.record().partition())
                .put("offset", letter.record().offset())
                .put("time", letter.time().toString())
                .put("key", letter.key())
                .put("code", letter.code())
                .put("attempts", letter.attempts())
                .put("stage", letter.stage())
                .put("message", letter.message())
                .put("valueBytes", letter.size())
                .put("omitted", letter.omitted().orElse(null));
    }

    /** All there is to say of a letter: {@link #summary}, every header in its order, and the value. */
    public static ObjectNode whole(DeadLetter letter, LetterValue value, boolean replayed) {
        ObjectNode node = summary(letter).put("replayed", replayed);
        var headers = node.putArray("headers");
        for (Header header : letter.record().headers()) {
            headers.addObject()
                    .put("key", header.key())
                    .put("value", header.value() == null ? null : DeadLetter.text(header.value()));
        }
        value.putInto(node);
        return node;
    }

    /** The same for people. */
    public static String page(DeadLetter letter, LetterValue value, boolean replayed) {
        var page = new StringBuilder();
        row(page, "place", letter.place());
        row(page, "set aside", letter.time() + " by " + letter.stage() + (replayed ? "; replayed since" : ""));
        row(page, "key", letter.record().key() == null ? "none" : letter.key());
        row(page, "code", letter.code());
        row(page, "message", letter.message());
        row(page, "attempts", Integer.toString(letter.attempts()));
        page.append("headers\n");
        for (Header header : letter.record().headers()) {
            if (!header.key().equals(DeadLetters.STACKTRACE)) {
                row(page, "  " + header.key(), header.value() == null ? "null" : DeadLetter.text(header.value()));
            }
        }
        page.append(value.text());
        letter.header(DeadLetters.STACKTRACE)
                .ifPresent(trace -> page.append("stack trace\n").append(printableLines(trace)));
        return page.toString().stripTrailing();
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append(String.format(
                Locale.ROOT, name.startsWith(" ") ? "%-30s %s%n" : "%-12s %s%n", printable(name), printable(value)));
    }

    public static String compact(ObjectNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String pretty(ObjectNode node) {
        try {
            return PRETTY.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without characters that would act on a terminal: whoever publishes chooses keys and headers. */
    public static String printable(String text) {
        return text.replaceAll("\\p{C}", "\uFFFD");
    }

    private static String printableLines(String text) {
        return text.replaceAll("[\\p{C}&&[^\\n\\t]]", "");
    }

    private static String cut(String text) {
        return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE) + "...";
    }
}
