package org.dallemini.inspect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Locale;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.LetterText;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.jspecify.annotations.Nullable;

/** Traces as text, fit for a terminal, and as JSON. */
public final class TraceText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LINE = "  %-24s %10s  %-24s %10s %10s%n";

    private TraceText() {}

    /** @param object whether its object is there; null if it has none */
    public static String page(ImageTrace trace, @Nullable StoredState object) {
        var page = new StringBuilder();
        ImageRequest request = trace.request();
        page.append("image ").append(LetterText.printable(trace.imageId()));
        if (request != null) {
            page.append(" of job ").append(LetterText.printable(request.getJobId()));
        }
        page.append(": ").append(state(trace)).append('\n');
        if (request != null) {
            page.append("  ")
                    .append(LetterText.printable(request.getText()))
                    .append("  (seed ")
                    .append(request.getSeed())
                    .append(request.getScore() == null ? "" : place(request))
                    .append(")\n");
        }
        if (!trace.steps().isEmpty()) {
            page.append(String.format(Locale.ROOT, LINE, "topic", "place", "time", "waited", "worked"));
            for (Step step : trace.steps()) {
                page.append(String.format(
                        Locale.ROOT,
                        LINE,
                        step.topic(),
                        step.partition() + ":" + step.offset(),
                        step.time(),
                        time(step.waited()),
                        time(step.worked())));
            }
        }
        Duration total = trace.total();
        if (total != null) {
            page.append("  ").append(time(total)).append(" from the first record to the last\n");
        }
        StoredImage stored = trace.stored();
        if (stored != null && object != null) {
            page.append("object  ")
                    .append(LetterText.printable("s3://" + stored.getBucket() + "/" + stored.getKey()))
                    .append("  ")
                    .append(stored.getSize())
                    .append(" bytes  etag ")
                    .append(LetterText.printable(stored.getEtag()))
                    .append("  ")
                    .append(object.text())
                    .append('\n');
        }
        for (DeadLetter letter : trace.letters()) {
            page.append("dead letter  ").append(LetterText.line(letter, false)).append('\n');
        }
        return page.toString().stripTrailing();
    }

    private static String state(ImageTrace trace) {
        ImageDeletion deletion = trace.deletion();
        if (deletion != null) {
            String by = deletion.getBy() == null ? "" : " by " + LetterText.printable(deletion.getBy());
            String reason = deletion.getReason() == null ? "" : ": " + LetterText.printable(deletion.getReason());
            return "deleted " + deletion.getDeletedAt() + by + reason;
        }
        if (trace.stored() != null) {
            return "stored";
        }
        if (!trace.letters().isEmpty()) {
            return "failed, unless it was replayed";
        }
        return "on its way, last in "
                + trace.steps().get(trace.steps().size() - 1).topic();
    }

    static String time(@Nullable Duration duration) {
        if (duration == null) {
            return "";
        }
        long millis = duration.toMillis();
        return millis < 10_000
                ? millis + " ms"
                : String.format(Locale.ROOT, millis < 600_000 ? "%.1f s" : "%.0f s", millis / 1000.0);
    }

    private static String place(ImageRequest request) {
        return String.format(
                Locale.ROOT,
                ", number %d of %d candidates by a score of %.1f",
                request.getIndex() + 1,
                request.getCandidates(),
                request.getScore());
    }

    /** On one line; {@code object} as above. */
    public static String json(ImageTrace trace, @Nullable StoredState object) {
        ObjectNode node = JSON.createObjectNode().put("imageId", trace.imageId());
        ImageRequest request = trace.request();
        if (request != null) {
            node.put("promptId", request.getPromptId())
                    .put("jobId", request.getJobId())
                    .put("text", request.getText())
                    .put("seed", request.getSeed())
                    .put("score", request.getScore());
        }
        ArrayNode steps = node.putArray("steps");
        for (Step step : trace.steps()) {
            ObjectNode each = steps.addObject()
                    .put("topic", step.topic())
                    .put("partition", step.partition())
                    .put("offset", step.offset())
                    .put("time", step.time().toString());
            put(each, "waitedMillis", step.waited());
            put(each, "workedMillis", step.worked());
        }
        put(node, "totalMillis", trace.total());
        StoredImage stored = trace.stored();
        if (stored != null && object != null) {
            node.putObject("object")
                    .put("bucket", stored.getBucket())
                    .put("key", stored.getKey())
                    .put("size", stored.getSize())
                    .put("etag", stored.getEtag())
                    .put("sha256", stored.getSha256())
                    .put("state", object.word());
        }
        ImageDeletion deletion = trace.deletion();
        if (deletion != null) {
            node.putObject("deletion")
                    .put("at", deletion.getDeletedAt().toString())
                    .put("by", deletion.getBy())
                    .put("reason", deletion.getReason());
        }
        ArrayNode letters = node.putArray("deadLetters");
        trace.letters().forEach(letter -> letters.add(LetterText.summary(letter)));
        return LetterText.compact(node);
    }

    private static void put(ObjectNode node, String name, @Nullable Duration duration) {
        if (duration != null) {
            node.put(name, duration.toMillis());
        }
    }
}
