package org.dallemini.moderation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.dallemini.deadletters.LetterText;
import org.dallemini.events.ModerationDecision;
import org.jspecify.annotations.Nullable;

/** Decisions as text for people, fit for a terminal, and as JSON. */
public final class DecisionText {
    private static final ObjectMapper JSON = new ObjectMapper();

    private DecisionText() {}

    /** One line: time, decision, what it is about, category, reason. */
    public static String line(ModerationDecision decision) {
        return String.format(
                        Locale.ROOT,
                        "%s  %-8s  %-40s  %-10s  %s",
                        decision.getDecidedAt().truncatedTo(ChronoUnit.SECONDS),
                        outcome(decision),
                        LetterText.printable(decision.getSubject()),
                        decision.getCategory() == null ? "" : LetterText.printable(decision.getCategory()),
                        LetterText.printable(decision.getReason()))
                .stripTrailing();
    }

    /** All there is to say. */
    public static String page(ModerationDecision decision) {
        var page = new StringBuilder();
        row(page, "about", (decision.getSubject().contains("/") ? "image " : "prompt ") + decision.getSubject());
        row(page, "job", decision.getJobId());
        row(page, "decision", outcome(decision));
        row(page, "at", decision.getDecidedAt().toString());
        row(page, "stage", decision.getStage());
        row(page, "judge", decision.getJudge());
        row(page, "category", decision.getCategory());
        if (!decision.getScores().isEmpty()) {
            row(page, "scores", scores(decision.getScores()));
        }
        row(page, "released", decision.getReleasedBy() == null ? null : "by " + decision.getReleasedBy());
        row(page, "reason", decision.getReason());
        row(page, "letter", ModerationLog.isOfApi(decision) ? "none: it was not published" : decision.getLetter());
        return page.toString().stripTrailing();
    }

    private static String scores(Map<String, Float> scores) {
        return new TreeMap<>(scores)
                .entrySet().stream()
                        .map(score -> String.format(Locale.ROOT, "%s %.2f", score.getKey(), score.getValue()))
                        .collect(Collectors.joining(", "));
    }

    private static void row(StringBuilder page, String name, @Nullable String value) {
        if (value != null) {
            page.append(String.format(Locale.ROOT, "%-10s %s%n", name, LetterText.printable(value)));
        }
    }

    /** On one line, for programs. */
    public static String json(ModerationDecision decision) {
        ObjectNode node = JSON.createObjectNode()
                .put("subject", decision.getSubject())
                .put("job", decision.getJobId())
                .put("decision", outcome(decision))
                .put("at", decision.getDecidedAt().toString())
                .put("stage", decision.getStage())
                .put("judge", decision.getJudge())
                .put("category", decision.getCategory());
        node.set("scores", JSON.valueToTree(new TreeMap<>(decision.getScores())));
        return node.put("reason", decision.getReason())
                .put("releasedBy", decision.getReleasedBy())
                .put("letter", decision.getLetter())
                .toString();
    }

    private static String outcome(ModerationDecision decision) {
        return decision.getDecision().name().toLowerCase(Locale.ROOT);
    }
}
