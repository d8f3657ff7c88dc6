package org.dallemini.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.text.TextProcessor;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.dalle.vqgan.VqganDecoder;
import org.dallemini.evaluation.shapes.Caption;
import org.dallemini.evaluation.shapes.PictureReader;
import org.jspecify.annotations.Nullable;

/** Measures the {@link Fidelity} of a model. Only one precision of a part is open at a time. */
public final class FidelityMeter {
    private static final List<Precision> OF_VQGAN = List.of(Precision.FP32, Precision.INT8);
    /** What a model without captions is asked for. */
    private static final List<String> PROMPTS = List.of(
            "sunset over a lake in the mountains",
            "an armchair in the shape of an avocado",
            "a red bicycle leaning against a brick wall",
            "a bowl of fresh fruit, oil painting",
            "the skyline of a city at night",
            "a small cabin in a snowy forest",
            "an astronaut riding a horse on mars",
            "a cup of coffee on a wooden table");

    /** Told how far it is. */
    @FunctionalInterface
    public interface Listener {
        void progress(String what, int done, int all);
    }

    /**
     * The picture that the VQGAN's 8 bits change most.
     *
     * @param text what was asked for
     */
    public record Worst(String text, RgbImage fp32, RgbImage other) {}

    private record Drawn(Precision precision, LogitReference.Comparison logits, List<int[]> tokens) {}

    private final ModelFolder folder;
    private final ModelCache cache;
    private final Sessions sessions;
    private final Listener listener;
    private final List<Caption> captions;
    private final List<String> prompts;
    private @Nullable Worst worst;

    /**
     * @param prompts to compare logits of, at least 1
     * @param captions most captions to draw, spread over those that the model has
     */
    public FidelityMeter(
            ModelFolder folder, ModelCache cache, Sessions sessions, int prompts, int captions, Listener listener)
            throws IOException {
        this.folder = folder;
        this.cache = cache;
        this.sessions = sessions;
        this.listener = listener;
        List<Caption> all = Caption.of(folder.path());
        this.captions = spread(all, captions);
        List<String> texts =
                all.isEmpty() ? PROMPTS : all.stream().map(Caption::text).toList();
        this.prompts = spread(texts, prompts);
    }

    private static <T> List<T> spread(List<T> all, int count) {
        int kept = Math.min(count, all.size());
        List<T> chosen = new ArrayList<>();
        for (int i = 0; i < kept; i++) {
            chosen.add(all.get((int) ((long) i * all.size() / kept)));
        }
        return chosen;
    }

    /** Takes minutes, or hours for models of the published sizes. */
    public Fidelity measure() throws IOException {
        List<Drawn> all = draw();
        Drawn exact = all.get(0);
        List<Fidelity.Bart> bart = new ArrayList<>();
        List<RgbImage> images;
        try (VqganDecoder decoder = decoder(Precision.FP32)) {
            images = decode(decoder, exact.tokens);
            for (Drawn drawn : all) {
                bart.add(row(drawn, exact, decode(decoder, drawn.tokens)));
            }
        }
        List<Fidelity.Vqgan> vqgan = new ArrayList<>();
        for (Precision precision : OF_VQGAN) {
            try (VqganDecoder decoder = decoder(precision)) {
                vqgan.add(row(precision, images, decode(decoder, exact.tokens)));
            }
        }
        return new Fidelity(folder.name(), prompts.size(), captions.size(), bart, vqgan);
    }

    /** The picture of the last measurement that changed most; null if none did. */
    public @Nullable Worst worst() {
        return worst;
    }

    /** What the text model does in each precision, float32 first. */
    private List<Drawn> draw() throws IOException {
        List<Drawn> all = new ArrayList<>();
        try (TextProcessor texts = TextProcessor.open(folder.bart(), BartConfig.read(folder.bart()))) {
            GuidedSteps steps = new GuidedSteps(texts, prompts);
            LogitReference reference = null;
            for (Precision precision : Precision.values()) {
                listener.progress("opening the text model in " + precision.key(), 0, 0);
                try (BartModel model = BartModel.open(folder.bart(), cache, sessions, precision)) {
                    listener.progress("comparing the logits of " + precision.key(), 0, 0);
                    if (reference == null) {
                        reference = LogitReference.of(model, steps, prompts.size());
                    }
                    LogitReference.Comparison logits = reference.compare(model);
                    List<int[]> tokens = SampledImages.draw(
                            model,
                            texts,
                            drawnTexts(),
                            done -> listener.progress(
                                    "drawing in " + precision.key(),
                                    done,
                                    drawnTexts().size()));
                    all.add(new Drawn(precision, logits, tokens));
                }
            }
        }
        return all;
    }

    private List<String> drawnTexts() {
        return captions.isEmpty()
                ? prompts
                : captions.stream().map(Caption::text).toList();
    }

    private VqganDecoder decoder(Precision precision) throws IOException {
        return VqganDecoder.open(folder.vqgan(), cache, sessions, precision);
    }

    private List<RgbImage> decode(VqganDecoder decoder, List<int[]> tokens) {
        List<RgbImage> images = new ArrayList<>();
        for (int[] image : tokens) {
            images.add(decoder.decode(image));
            listener.progress("decoding", images.size(), tokens.size());
        }
        return images;
    }

    private Fidelity.Bart row(Drawn drawn, Drawn exact, List<RgbImage> images) {
        long same = IntStream.range(0, images.size())
                .filter(i -> Arrays.equals(drawn.tokens.get(i), exact.tokens.get(i)))
                .count();
        return new Fidelity.Bart(
                drawn.precision.key(),
                drawn.logits.error(),
                drawn.logits.sameGreedyToken(),
                captions.isEmpty() ? null : (double) same / images.size(),
                drawnRight(images));
    }

    private Fidelity.Vqgan row(Precision precision, List<RgbImage> exact, List<RgbImage> images) {
        double sum = 0;
        double worstMean = 0;
        int largest = 0;
        for (int i = 0; i < images.size(); i++) {
            LevelDifference difference = LevelDifference.of(exact.get(i), images.get(i));
            sum += difference.mean();
            largest = Math.max(largest, difference.largest());
            if (difference.mean() > worstMean) {
                worstMean = difference.mean();
                worst = new Worst(drawnTexts().get(i), exact.get(i), images.get(i));
            }
        }
        return new Fidelity.Vqgan(precision.key(), sum / images.size(), worstMean, largest, drawnRight(images));
    }

    /** Null without captions. */
    private @Nullable Integer drawnRight(List<RgbImage> images) {
        if (captions.isEmpty()) {
            return null;
        }
        PictureReader reader = new PictureReader(images.get(0).width());
        return (int) IntStream.range(0, images.size())
                .filter(i -> reader.shows(images.get(i), captions.get(i)))
                .count();
    }
}
