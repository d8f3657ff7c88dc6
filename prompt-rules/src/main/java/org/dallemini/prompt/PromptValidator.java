package org.dallemini.prompt;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dallemini.events.ImageOutput;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRedraw;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.PromptVerdict;
import org.dallemini.events.Sampling;
import org.dallemini.policy.PromptFilter;
import org.dallemini.policy.PromptJudgement;
import org.dallemini.prompt.Verdict.Accepted;
import org.dallemini.prompt.Verdict.Refused;
import org.dallemini.schemas.Ids;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.moderation.Release;
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
    private static final int MAX_SIDE = 4096;
    private static final int MAX_QUALITY = 100;

    private final PromptLimits limits;
    private final @Nullable PromptFilter filter;

    /** A validator that judges no words: the stage does. */
    public PromptValidator(PromptLimits limits) {
        this(limits, Optional.empty());
    }

    /** @param filter that judges what is asked for, if anything does */
    public PromptValidator(PromptLimits limits, Optional<PromptFilter> filter) {
        this.limits = limits;
        this.filter = filter.orElse(null);
    }

    /**
     * The first thing that is wrong with a prompt, or that nothing is.
     *
     * @param now compared with the prompt's deadline
     */
    public Verdict validate(PromptRequest prompt, Instant now) {
        return validate(prompt, now, Optional.empty());
    }

    /**
     * The same of a prompt that somebody may have released: what the filter would refuse passes with a mark then.
     *
     * @param release that the prompt's record has
     */
    public Verdict validate(PromptRequest prompt, Instant now, Optional<Release> release) {
        Verdict content = validateContent(prompt, release);
        return content instanceof Refused
                ? content
                : deadline(prompt, now).<Verdict>map(late -> late).orElse(content);
    }

    /** As {@link #validate}, but for the deadline: what holds for a prompt whenever it is looked at. */
    public Verdict validateContent(PromptRequest prompt) {
        return validateContent(prompt, Optional.empty());
    }

    /** The same of a prompt that somebody lets pass the filter. */
    public Verdict validateContent(PromptRequest prompt, Optional<Release> release) {
        return Stream.<Check>of(
                        () -> id("id", prompt.getId()),
                        () -> id("jobId", prompt.getJobId()),
                        () -> blank(prompt.getText()),
                        () -> text("text", prompt.getText()),
                        () -> text("negativeText", prompt.getNegativeText()),
                        () -> count(prompt),
                        () -> bestOf(prompt),
                        () -> seed(prompt),
                        () -> sampling(prompt),
                        () -> prefix(prompt.getPrefix(), prompt.getRedraw()),
                        () -> labels(prompt.getLabels()),
                        () -> output(prompt.getOutput()))
                .map(Check::run)
                .flatMap(Optional::stream)
                .findFirst()
                .<Verdict>map(refused -> refused)
                .orElseGet(() -> judge(prompt, release.orElse(null)));
    }

    private Verdict judge(PromptRequest prompt, @Nullable Release release) {
        if (filter == null) {
            return new Accepted(null);
        }
        Sampling sampling = prompt.getSampling();
        Float guidance = sampling == null ? null : sampling.getGuidanceScale();
        boolean isDrawn = guidance != null && guidance < 1;
        PromptJudgement judgement = filter.judge(prompt.getText(), prompt.getNegativeText(), isDrawn, release != null);
        if (judgement instanceof PromptJudgement.Refused refused && release != null) {
            return new Accepted(
                    new PromptVerdict(refused.policy(), refused.category(), release.by(), release.reason()));
        }
        if (judgement instanceof PromptJudgement.Refused refused) {
            String field = refused.negative() ? "negativeText" : "text";
            return new Refused(
                    ErrorCode.CONTENT_POLICY,
                    "/" + field,
                    field + " falls under \"" + refused.category() + "\" of the content policy \"" + refused.policy()
                            + "\": ask for something else, or whoever runs this about the policy.");
        }
        String mark = judgement instanceof PromptJudgement.Flagged flagged ? flagged.category() : null;
        return new Accepted(new PromptVerdict(judgement.policy(), mark, null, null));
    }

    /** Whether the prompt's deadline, if it has one, is still to come. */
    public static Verdict validateDeadline(PromptRequest prompt, Instant now) {
        return deadline(prompt, now).<Verdict>map(refused -> refused).orElseGet(() -> new Accepted(null));
    }

    /** Whether labels are few and short enough. */
    public static boolean areAllowed(Map<String, String> labels) {
        return labels(labels).isEmpty();
    }

    /** Whether nothing of a text can be seen: it is empty, or white space, or characters without a shape. */
    public static boolean isBlank(String text) {
        return TextRules.isBlank(text);
    }

    private interface Check {
        Optional<Refused> run();
    }

    private static Optional<Refused> id(String field, @Nullable String id) {
        if (id == null || Ids.isValid(id)) {
            return Optional.empty();
        }
        return refuse(
                ErrorCode.INVALID_ID,
                "/" + field,
                "%s \"%s\" is not allowed: use %s.",
                field,
                TextRules.printable(id),
                Ids.RULE);
    }

    private static Optional<Refused> blank(String text) {
        return TextRules.isBlank(text)
                ? refuse(ErrorCode.INVALID_TEXT, "/text", "text is blank: say what to draw.")
                : Optional.empty();
    }

    private Optional<Refused> text(String field, @Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        int characters = text.codePointCount(0, text.length());
        if (characters > limits.maxCharacters()) {
            return refuse(
                    ErrorCode.TEXT_TOO_LONG,
                    "/" + field,
                    "%s has %d characters, the limit is %d: shorten it (the model reads little more than the first 60"
                            + " words).",
                    field,
                    characters,
                    limits.maxCharacters());
        }
        return TextRules.offence(text)
                .flatMap(offence -> refuse(
                        ErrorCode.INVALID_TEXT,
                        "/" + field,
                        "%s holds %s: remove it; allowed are all characters of Unicode but control characters other"
                                + " than tab and line breaks.",
                        field,
                        offence));
    }

    private Optional<Refused> count(PromptRequest prompt) {
        int count = prompt.getCount();
        if (count < 1) {
            return refuseParameter("/count", "count is %d: ask for 1 to %d images.", count, limits.maxImages());
        }
        return count <= limits.maxImages()
                ? Optional.empty()
                : refuseParameter(
                        "/count",
                        "count is %d, allowed is 1 to %d: split it over several prompts, with seeds of their own.",
                        count,
                        limits.maxImages());
    }

    private Optional<Refused> bestOf(PromptRequest prompt) {
        Integer bestOf = prompt.getBestOf();
        if (bestOf == null) {
            return Optional.empty();
        }
        if (!isBetween(bestOf, 1, limits.maxCandidates())) {
            return refuseParameter("/bestOf", "bestOf is %d, allowed is 1 to %d.", bestOf, limits.maxCandidates());
        }
        return bestOf >= prompt.getCount()
                ? Optional.empty()
                : refuseParameter(
                        "/bestOf",
                        "bestOf is %d and count %d: so many images cannot be chosen from fewer candidates, make bestOf"
                                + " larger or count smaller.",
                        bestOf,
                        prompt.getCount());
    }

    /** Image or candidate i has the seed + i, which must be a long too. */
    private static Optional<Refused> seed(PromptRequest prompt) {
        Long seed = prompt.getSeed();
        int drawn = prompt.getBestOf() == null ? prompt.getCount() : prompt.getBestOf();
        return seed == null || seed <= Long.MAX_VALUE - (drawn - 1)
                ? Optional.empty()
                : refuseParameter(
                        "/seed",
                        "seed %d and the %d images to draw exceed the 64 bits of a seed: choose a smaller seed.",
                        seed,
                        drawn);
    }

    private static Optional<Refused> sampling(PromptRequest prompt) {
        Sampling sampling = prompt.getSampling();
        if (sampling == null) {
            return Optional.empty();
        }
        Float temperature = sampling.getTemperature();
        if (temperature != null && !Float.isFinite(temperature)) {
            return refuseParameter(
                    "/sampling/temperature", "temperature is %s: give a finite number above 0.", temperature);
        }
        if (temperature != null && temperature <= 0) {
            return refuseParameter(
                    "/sampling/temperature",
                    "temperature is %s, allowed is a number above 0: set topK=1 for the likeliest image.",
                    temperature);
        }
        Integer topK = sampling.getTopK();
        if (topK != null && topK < 0) {
            return refuseParameter("/sampling/topK", "topK is %d, allowed is 0 (all tokens) or more.", topK);
        }
        Float topP = sampling.getTopP();
        if (topP != null && !(topP > 0 && topP <= 1)) {
            return refuseParameter("/sampling/topP", "topP is %s, allowed is above 0 up to 1 (all tokens).", topP);
        }
        Float guidance = sampling.getGuidanceScale();
        if (guidance != null && !(guidance >= 0 && guidance <= MAX_GUIDANCE)) {
            return refuseParameter(
                    "/sampling/guidanceScale",
                    "guidanceScale is %s, allowed is 0 to %.0f; 1 switches guidance off.",
                    guidance,
                    MAX_GUIDANCE);
        }
        return batch(prompt, sampling);
    }

    private static Optional<Refused> batch(PromptRequest prompt, Sampling sampling) {
        int size = sampling.getBatchSize();
        if (!isBetween(size, 1, MAX_BATCH)) {
            return refuseParameter("/sampling/batchSize", "batchSize is %d, allowed is 1 to %d.", size, MAX_BATCH);
        }
        if (!isBetween(sampling.getBatchIndex(), 0, size - 1)) {
            return refuseParameter(
                    "/sampling/batchIndex",
                    "batchIndex is %d, allowed is 0 to batchSize - 1, here %d.",
                    sampling.getBatchIndex(),
                    size - 1);
        }
        if (size > 1 && prompt.getCount() != 1) {
            return refuseParameter(
                    "/sampling/batchSize",
                    "batchSize is %d and count is %d: a row of a batch is one image, so publish one prompt with count 1"
                            + " for each row.",
                    size,
                    prompt.getCount());
        }
        return Optional.empty();
    }

    private Optional<Refused> prefix(@Nullable ImagePrefix prefix, @Nullable ImageRedraw redraw) {
        return PrefixRules.offence(prefix, redraw, limits.maxPrefixBytes());
    }

    private static Optional<Refused> labels(Map<String, String> labels) {
        if (labels.size() > MAX_LABELS) {
            return refuseParameter("/labels", "labels has %d entries, the limit is %d.", labels.size(), MAX_LABELS);
        }
        for (Map.Entry<String, String> label : labels.entrySet()) {
            String name = label.getKey();
            if (name.length() > MAX_LABEL_NAME) {
                return refuseParameter(
                        pointer(name),
                        "The label name \"%s\" has %d characters, the limit is %d.",
                        TextRules.printable(name),
                        name.length(),
                        MAX_LABEL_NAME);
            }
            if (label.getValue().length() > MAX_LABEL_VALUE) {
                return refuseParameter(
                        pointer(name),
                        "The label \"%s\" has %d characters, the limit is %d: keep long texts elsewhere and put a"
                                + " reference here.",
                        TextRules.printable(name),
                        label.getValue().length(),
                        MAX_LABEL_VALUE);
            }
        }
        return Optional.empty();
    }

    /** Whether the model draws large enough for it, nobody knows here. */
    private static Optional<Refused> output(@Nullable ImageOutput output) {
        if (output == null) {
            return Optional.empty();
        }
        Integer width = output.getWidth();
        Integer height = output.getHeight();
        if ((width == null) != (height == null)) {
            return refuseParameter(
                    "/output/" + (width == null ? "width" : "height"),
                    "output has %s and no %s: give both, or neither for the size that the model draws.",
                    width == null ? "height" : "width",
                    width == null ? "width" : "height");
        }
        if (width != null && !isBetween(width, 1, MAX_SIDE)) {
            return refuseParameter("/output/width", "width is %d, allowed is 1 to %d pixels.", width, MAX_SIDE);
        }
        if (height != null && !isBetween(height, 1, MAX_SIDE)) {
            return refuseParameter("/output/height", "height is %d, allowed is 1 to %d pixels.", height, MAX_SIDE);
        }
        return isBetween(output.getQuality(), 0, MAX_QUALITY)
                ? Optional.empty()
                : refuseParameter(
                        "/output/quality", "quality is %d, allowed is 0 to %d.", output.getQuality(), MAX_QUALITY);
    }

    private static Optional<Refused> deadline(PromptRequest prompt, Instant now) {
        Instant deadline = prompt.getDeadline();
        return deadline == null || now.isBefore(deadline)
                ? Optional.empty()
                : refuse(
                        ErrorCode.DEADLINE_EXCEEDED,
                        "/deadline",
                        "The deadline %s had passed when the prompt was read at %s: publish it again with a later one if"
                                + " the images are still wanted.",
                        deadline,
                        now);
    }

    private static boolean isBetween(int value, int least, int most) {
        return value >= least && value <= most;
    }

    /** Of a label. */
    private static String pointer(String name) {
        return "/labels/" + TextRules.printable(name).replace("~", "~0").replace("/", "~1");
    }

    private static Optional<Refused> refuseParameter(String field, String format, Object... values) {
        return refuse(ErrorCode.INVALID_PARAMETER, field, format, values);
    }

    private static Optional<Refused> refuse(ErrorCode code, String field, String format, Object... values) {
        return Optional.of(new Refused(code, field, String.format(Locale.ROOT, format, values)));
    }
}
