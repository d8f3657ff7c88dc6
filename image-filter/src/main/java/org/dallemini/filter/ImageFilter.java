package org.dallemini.filter;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.stage.config.FilterMode;
import org.jspecify.annotations.Nullable;

/**
 * Judges pictures by a classifier and the operator's thresholds. A picture that cannot be judged is not admitted: the
 * failure is the caller's to handle. For any number of threads.
 */
public final class ImageFilter implements AutoCloseable {
    private static final int SOME_SIDE = 8;

    private final FilterMode mode;
    private final Thresholds flagAbove;
    private final Thresholds refuseAbove;
    private final @Nullable ImageClassifier classifier;
    private final @Nullable ConceptJudge concepts;
    private final MeterRegistry metrics;

    private ImageFilter(
            FilterMode mode,
            Thresholds flagAbove,
            Thresholds refuseAbove,
            @Nullable ImageClassifier classifier,
            @Nullable ConceptJudge concepts,
            MeterRegistry metrics) {
        this.mode = mode;
        this.flagAbove = flagAbove;
        this.refuseAbove = refuseAbove;
        this.classifier = classifier;
        this.concepts = concepts;
        this.metrics = metrics;
    }

    /** By the shipped classifier, which calculates on one processor: others have more use for the rest. */
    public static ImageFilter open(FilterSettings settings, MeterRegistry metrics) {
        return of(settings, () -> NsfwClassifier.open(new Sessions(1)), metrics);
    }

    /**
     * By any classifier.
     *
     * @param classifier asked for unless the filter is off, and closed with the filter
     */
    public static ImageFilter of(FilterSettings settings, Supplier<ImageClassifier> classifier, MeterRegistry metrics) {
        return new ImageFilter(
                settings.mode(),
                settings.flagAbove(),
                settings.refuseAbove(),
                settings.mode() == FilterMode.OFF ? null : classifier.get(),
                settings.mode() == FilterMode.OFF ? null : settings.concepts().orElse(null),
                metrics);
    }

    /** Looks at nothing. */
    public static ImageFilter off() {
        Thresholds none = Thresholds.parse(List.of());
        return new ImageFilter(FilterMode.OFF, none, none, null, null, new SimpleMeterRegistry());
    }

    /** @throws RuntimeException if the classifier fails */
    public Judgement judge(RgbImage image, Door door) {
        if (classifier == null) {
            return new Judgement.Unjudged();
        }
        Timer.Sample sample = Timer.start();
        Judgement judgement = judgement(classifier.classify(image), classifier.name());
        if (concepts != null && judgement instanceof Judgement.Admitted admitted) {
            judgement = judgement(admitted, concepts.scores(image), concepts);
        }
        sample.stop(Timer.builder("dallemini.filter.judgements")
                .description("How long the image filter took to judge a picture, by door, outcome and category")
                .tags("door", door.key(), "outcome", outcome(judgement), "category", category(judgement))
                .register(metrics));
        return judgement;
    }

    private Judgement judgement(Scores scores, String name) {
        Optional<ImageClass> refused = refuseAbove.reached(scores);
        if (mode == FilterMode.REFUSE && refused.isPresent()) {
            String reason = String.format(
                    Locale.ROOT,
                    "the image filter refuses it: %s reaches %.2f by %s (%s); it is not published. Ask for something"
                            + " else; what is refused, %s and %s of the operator say",
                    refused.get().key(),
                    refuseAbove.of(refused.get()),
                    name,
                    scores,
                    FilterSettings.MODE,
                    FilterSettings.REFUSE_ABOVE);
            return new Judgement.Refused(name, refused.get().key(), scores.byName(), reason);
        }
        String mark =
                refused.or(() -> flagAbove.reached(scores)).map(ImageClass::key).orElse(null);
        return new Judgement.Admitted(name, mark, scores.byName(), null);
    }

    /** Of a picture that the classifier lets pass. */
    private Judgement judgement(Judgement.Admitted admitted, Map<String, Float> seen, ConceptJudge judge) {
        String judges = admitted.judge() + ", " + judge.name();
        Map<String, Float> scores = new TreeMap<>(admitted.scores());
        scores.putAll(seen);
        Optional<ConceptJudge.Reached> refused = judge.refused(seen);
        if (mode == FilterMode.REFUSE && refused.isPresent()) {
            String reason = String.format(
                    Locale.ROOT,
                    "the image filter refuses it: %s reaches %.2f by the concepts %s (%s); it is not published. Ask for"
                            + " something else; what is refused, %s and %s of the operator say",
                    refused.get().concept().name(),
                    refused.get().threshold(),
                    judge.name(),
                    Judgement.text(seen),
                    FilterSettings.MODE,
                    FilterSettings.CONCEPTS);
            return new Judgement.Refused(judges, refused.get().concept().name(), scores, reason);
        }
        String mark = refused.or(() -> judge.flagged(seen))
                .map(reached -> reached.concept().name())
                .orElse(null);
        return new Judgement.Admitted(judges, admitted.mark() == null ? mark : admitted.mark(), scores, null);
    }

    private static String outcome(Judgement judgement) {
        return judgement instanceof Judgement.Admitted admitted ? admitted.isMarked() ? "marked" : "passed" : "refused";
    }

    /** Of a picture that is refused or marked, the class or concept. */
    private static String category(Judgement judgement) {
        @Nullable
        String reached = judgement instanceof Judgement.Refused refused
                ? refused.reached()
                : ((Judgement.Admitted) judgement).mark();
        return reached == null ? "none" : reached;
    }

    /** Whether a harmless picture can be judged: if not, no picture is to blame. */
    public boolean works() {
        try {
            if (classifier != null) {
                RgbImage some = new RgbImage(SOME_SIDE, SOME_SIDE, new byte[3 * SOME_SIDE * SOME_SIDE]);
                classifier.classify(some);
                if (concepts != null) {
                    concepts.scores(some);
                }
            }
            return true;
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (classifier != null) {
            classifier.close();
        }
        if (concepts != null) {
            concepts.close();
        }
    }
}
