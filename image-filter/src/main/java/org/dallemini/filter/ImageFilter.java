package org.dallemini.filter;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
    private final MeterRegistry metrics;

    private ImageFilter(
            FilterMode mode,
            Thresholds flagAbove,
            Thresholds refuseAbove,
            @Nullable ImageClassifier classifier,
            MeterRegistry metrics) {
        this.mode = mode;
        this.flagAbove = flagAbove;
        this.refuseAbove = refuseAbove;
        this.classifier = classifier;
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
                metrics);
    }

    /** Looks at nothing. */
    public static ImageFilter off() {
        Thresholds none = Thresholds.parse(List.of());
        return new ImageFilter(FilterMode.OFF, none, none, null, new SimpleMeterRegistry());
    }

    /** @throws RuntimeException if the classifier fails */
    public Judgement judge(RgbImage image, Door door) {
        if (classifier == null) {
            return new Judgement.Unjudged();
        }
        Timer.Sample sample = Timer.start();
        Judgement judgement = judgement(classifier.classify(image), classifier.name());
        sample.stop(Timer.builder("dallemini.filter.judgements")
                .description("How long the image filter took to judge a picture, by door and outcome")
                .tags("door", door.key(), "outcome", outcome(judgement))
                .register(metrics));
        return judgement;
    }

    private Judgement judgement(Scores scores, String name) {
        Optional<ImageClass> refused = refuseAbove.reached(scores);
        if (mode == FilterMode.REFUSE && refused.isPresent()) {
            return new Judgement.Refused(
                    name,
                    refused.get(),
                    scores,
                    String.format(
                            Locale.ROOT,
                            "the image filter refuses it: %s reaches %.2f by %s (%s); it is not published. Ask for something"
                                    + " else; what is refused, %s and %s of the operator say",
                            refused.get().key(),
                            refuseAbove.of(refused.get()),
                            name,
                            scores,
                            FilterSettings.MODE,
                            FilterSettings.REFUSE_ABOVE));
        }
        ImageClass mark = refused.or(() -> flagAbove.reached(scores)).orElse(null);
        return new Judgement.Admitted(name, mark, scores, null);
    }

    private static String outcome(Judgement judgement) {
        return judgement instanceof Judgement.Admitted admitted ? admitted.isMarked() ? "marked" : "passed" : "refused";
    }

    /** Whether a harmless picture can be judged: if not, no picture is to blame. */
    public boolean works() {
        try {
            if (classifier != null) {
                classifier.classify(new RgbImage(SOME_SIDE, SOME_SIDE, new byte[3 * SOME_SIDE * SOME_SIDE]));
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
    }
}
