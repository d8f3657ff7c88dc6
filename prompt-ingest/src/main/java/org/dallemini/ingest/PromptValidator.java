package org.dallemini.ingest;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.ingest.Verdict.Accepted;
import org.dallemini.ingest.Verdict.Refused;
import org.dallemini.schemas.Ids;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Decides which prompts may enter the pipeline, by the prompt alone. The stage asks it for every record; publishers ask
 * it first so that they can tell people at once.
 */
public final class PromptValidator {
    private static final int MAX_LABELS = 32;
    private static final int MAX_LABEL_NAME = 64;
    private static final int MAX_LABEL_VALUE = 256;
    private static final float MAX_GUIDANCE = 100;
    private static final int MAX_BATCH = 1024;

    private final PromptLimits limits;

    public PromptValidator(PromptLimits limits) {
        this.limits = limits;
    }

    /**
     * The first thing that is wrong with a prompt, or that nothing is.
     *
     * @param now compared with the prompt's deadline
     */
    public Verdict validate(PromptRequest prompt, Instant now) {
        Verdict content = validateContent(prompt);
        return content instanceof Refused ? content : validateDeadline(prompt, now);
    }

    /** As {@link #validate}, but for the deadline: what holds for a prompt whenever it is looked at. */
    public Verdict validateContent(PromptRequest prompt) {
        return Stream.<Check>of(
                        () -> id("id", prompt.getId()),
                        () -> id("jobId", prompt.getJobId()),
                        () -> text("text", prompt.getText()),
                        () -> text("negativeText", prompt.getNegativeText()),
                        () -> count(prompt),
                        () -> bestOf(prompt),
                        () -> seed(prompt),
                        () -> sampling(prompt),
                        () -> prefix(prompt.getPrefix()),
                        () -> labels(prompt.getLabels()))
                .map(Check::run)
                .flatMap(Optional::stream)
                .findFirst()
                .<Verdict>map(refused -> refused)
                .orElseGet(Accepted::new);
    }

    /** Whether the prompt's deadline, if it has one, is still to come. */
    public static Verdict validateDeadline(PromptRequest prompt, Instant now) {
        return deadline(prompt, now).<Verdict>map(refused -> refused).orElseGet(Accepted::new);
    }

    /** Whether labels are few and short enough. */
    public static boolean areAllowed(Map<String, String> labels) {
        return labels(labels).isEmpty();
    }

    private interface Check {
        Optional<Refused> run();
    }

    private static Optional<Refused> id(String field, @Nullable String id) {
        if (id == null || Ids.isValid(id)) {
            return Optional.empty();
        }
        return refuse(
                ErrorCode.INVALID_ID, "%s \"%s\" is not allowed: use %s.", field, TextRules.printable(id), Ids.RULE);
    }

    private Optional<Refused> text(String field, @Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        int characters = text.codePointCount(0, text.length());
        if (characters > limits.maxCharacters()) {
            return refuse(
                    ErrorCode.TEXT_TOO_LONG,
                    "%s has %d characters, the limit is %d: shorten it (the model reads little more than the first 60"
                            + " words).",
                    field,
                    characters,
                    limits.maxCharacters());
        }
        return TextRules.offence(text)
                .flatMap(offence -> refuse(
                        ErrorCode.INVALID_TEXT,
                        "%s holds %s: remove it; allowed are all characters of Unicode but control characters other"
                                + " than tab and line breaks.",
                        field,
                        offence));
    }

    private Optional<Refused> count(PromptRequest prompt) {
        return isBetween(prompt.getCount(), 1, limits.maxImages())
                ? Optional.empty()
                : refuseParameter(
                        "count is %d, allowed is 1 to %d: split it over several prompts, with seeds of their own.",
                        prompt.getCount(), limits.maxImages());
    }

    private Optional<Refused> bestOf(PromptRequest prompt) {
        Integer bestOf = prompt.getBestOf();
        if (bestOf == null) {
            return Optional.empty();
        }
        if (!isBetween(bestOf, 1, limits.maxCandidates())) {
            return refuseParameter("bestOf is %d, allowed is 1 to %d.", bestOf, limits.maxCandidates());
        }
        return bestOf >= prompt.getCount()
                ? Optional.empty()
                : refuseParameter(
                        "bestOf is %d and count %d: so many images cannot be chosen from fewer candidates, make bestOf"
                                + " larger or count smaller.",
                        bestOf, prompt.getCount());
    }

    /** Image or candidate i has the seed + i, which must be a long too. */
    private static Optional<Refused> seed(PromptRequest prompt) {
        Long seed = prompt.getSeed();
        int drawn = prompt.getBestOf() == null ? prompt.getCount() : prompt.getBestOf();
        return seed == null || seed <= Long.MAX_VALUE - (drawn - 1)
                ? Optional.empty()
                : refuseParameter(
                        "seed %d and the %d images to draw exceed the 64 bits of a seed: choose a smaller seed.",
                        seed, drawn);
    }

    private static Optional<Refused> sampling(PromptRequest prompt) {
        Sampling sampling = prompt.getSampling();
        if (sampling == null) {
            return Optional.empty();
        }
        Float temperature = sampling.getTemperature();
        if (temperature != null && !(temperature > 0 && Float.isFinite(temperature))) {
            return refuseParameter(
                    "temperature is %s, allowed is a number above 0: set topK=1 for the likeliest image.", temperature);
        }
        Integer topK = sampling.getTopK();
        if (topK != null && topK < 0) {
            return refuseParameter("topK is %d, allowed is 0 (all tokens) or more.", topK);
        }
        Float topP = sampling.getTopP();
        if (topP != null && !(topP > 0 && topP <= 1)) {
            return refuseParameter("topP is %s, allowed is above 0 up to 1 (all tokens).", topP);
        }
        Float guidance = sampling.getGuidanceScale();
        if (guidance != null && !(guidance >= 0 && guidance <= MAX_GUIDANCE)) {
            return refuseParameter(
                    "guidanceScale is %s, allowed is 0 to %.0f; 1 switches guidance off.", guidance, MAX_GUIDANCE);
        }
        return batch(prompt, sampling);
    }

    private static Optional<Refused> batch(PromptRequest prompt, Sampling sampling) {
        int size = sampling.getBatchSize();
        if (!isBetween(size, 1, MAX_BATCH)) {
            return refuseParameter("batchSize is %d, allowed is 1 to %d.", size, MAX_BATCH);
        }
        if (!isBetween(sampling.getBatchIndex(), 0, size - 1)) {
            return refuseParameter(
                    "batchIndex is %d, allowed is 0 to batchSize - 1, here %d.", sampling.getBatchIndex(), size - 1);
        }
        if (size > 1 && prompt.getCount() != 1) {
            return refuseParameter(
                    "batchSize is %d and count is %d: a row of a batch is one image, so publish one prompt with count 1"
                            + " for each row.",
                    size, prompt.getCount());
        }
        return Optional.empty();
    }

    private Optional<Refused> prefix(@Nullable ImagePrefix prefix) {
        return prefix == null
                ? Optional.empty()
                : PrefixRules.offence(prefix, limits.maxPrefixBytes())
                        .map(offence -> new Refused(ErrorCode.INVALID_PREFIX, offence));
    }

    private static Optional<Refused> labels(Map<String, String> labels) {
        if (labels.size() > MAX_LABELS) {
            return refuseParameter("labels has %d entries, the limit is %d.", labels.size(), MAX_LABELS);
        }
        for (Map.Entry<String, String> label : labels.entrySet()) {
            String name = label.getKey();
            if (name.length() > MAX_LABEL_NAME) {
                return refuseParameter(
                        "The label name \"%s\" has %d characters, the limit is %d.",
                        TextRules.printable(name), name.length(), MAX_LABEL_NAME);
            }
            if (label.getValue().length() > MAX_LABEL_VALUE) {
                return refuseParameter(
                        "The label \"%s\" has %d characters, the limit is %d: keep long texts elsewhere and put a"
                                + " reference here.",
                        TextRules.printable(name), label.getValue().length(), MAX_LABEL_VALUE);
            }
        }
        return Optional.empty();
    }

    private static Optional<Refused> deadline(PromptRequest prompt, Instant now) {
        Instant deadline = prompt.getDeadline();
        return deadline == null || now.isBefore(deadline)
                ? Optional.empty()
                : refuse(
                        ErrorCode.DEADLINE_EXCEEDED,
                        "The deadline %s had passed when the prompt was read at %s: publish it again with a later one if"
                                + " the images are still wanted.",
                        deadline,
                        now);
    }

    private static boolean isBetween(int value, int least, int most) {
        return value >= least && value <= most;
    }

    private static Optional<Refused> refuseParameter(String format, Object... values) {
        return refuse(ErrorCode.INVALID_PARAMETER, format, values);
    }

    private static Optional<Refused> refuse(ErrorCode code, String format, Object... values) {
        return Optional.of(new Refused(code, String.format(Locale.ROOT, format, values)));
    }
}
