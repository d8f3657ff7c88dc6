package org.dallemini.models.fidelity;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dallemini.images.vqgan.RgbImage;
import org.dallemini.images.vqgan.VqganDecoder;
import org.dallemini.model.ModelCache;
import org.dallemini.model.ModelFolder;
import org.dallemini.model.config.BartConfig;
import org.dallemini.model.config.GenerationConfig;
import org.dallemini.model.precision.Precision;
import org.dallemini.model.session.Sessions;
import org.dallemini.tokens.bart.BartModel;
import org.dallemini.tokens.batch.ContinuousBatch;
import org.dallemini.tokens.batch.Drawing;
import org.dallemini.tokens.batch.TokenRequest;
import org.dallemini.tokens.sampling.SamplingParameters;
import org.dallemini.tokens.text.TextProcessor;
import org.jspecify.annotations.Nullable;

/** Measures the {@link Fidelity} of a model. Only one precision of a part is open at a time. */
public final class FidelityMeter {
    private static final List<Precision> OF_VQGAN = List.of(Precision.FP32, Precision.INT8);
    private static final int SLOTS = 16;

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

    public Fidelity measure() throws IOException {
        BartConfig config = BartConfig.read(folder.bart());
        Map<Precision, LogitReference.Comparison> logits = new LinkedHashMap<>();
        Map<Precision, List<int[]>> tokens = new LinkedHashMap<>();
        try (TextProcessor texts = TextProcessor.open(folder.bart(), config)) {
            GuidedSteps steps = new GuidedSteps(texts, prompts);
            LogitReference reference = null;
            for (Precision precision : Precision.values()) {
                listener.progress("opening the text model in " + precision.key(), 0, 0);
                try (BartModel model = BartModel.open(folder.bart(), cache, sessions, precision)) {
                    if (reference == null) {
                        reference = LogitReference.of(model, steps, prompts.size());
                    }
                    listener.progress("comparing the logits of " + precision.key(), 0, 0);
                    logits.put(precision, reference.compare(model));
                    tokens.put(precision, draw(model, texts));
                }
            }
        }
        List<int[]> fp32 = tokens.getOrDefault(Precision.FP32, List.of());
        List<Fidelity.Vqgan> vqgan = new ArrayList<>();
        Map<Precision, Integer> right = new LinkedHashMap<>();
        List<RgbImage> reference = List.of();
        for (Precision precision : OF_VQGAN) {
            try (VqganDecoder decoder = VqganDecoder.open(folder.vqgan(), cache, sessions, precision)) {
                if (precision == Precision.FP32) {
                    for (Precision drawn : tokens.keySet()) {
                        List<RgbImage> images = decode(decoder, tokens.getOrDefault(drawn, List.of()));
                        right.put(drawn, right(images));
                        reference = drawn == Precision.FP32 ? images : reference;
                    }
                }
                vqgan.add(vqgan(precision, reference, decode(decoder, fp32)));
            }
        }
        List<Fidelity.Bart> bart = new ArrayList<>();
        logits.forEach((precision, comparison) -> bart.add(new Fidelity.Bart(
                precision.key(),
                comparison.error(),
                comparison.sameGreedyToken(),
                captions.isEmpty() ? null : same(fp32, tokens.getOrDefault(precision, List.of())),
                captions.isEmpty() ? null : right.get(precision))));
        return new Fidelity(folder.name(), prompts.size(), captions.size(), bart, vqgan);
    }

    /** The picture of the last measurement that changed most; null if none did. */
    public @Nullable Worst worst() {
        return worst;
    }

    /** The tokens of an image of each caption, or of each prompt if there are none; seeds count from 0. */
    private List<int[]> draw(BartModel model, TextProcessor texts) {
        List<String> wanted = captions.isEmpty()
                ? prompts
                : captions.stream().map(Caption::text).toList();
        GenerationConfig d = model.defaults();
        SamplingParameters parameters =
                new SamplingParameters(d.temperature(), d.topK(), d.topP(), d.conditionScale(), 0, 1);
        int[][] tokens = new int[wanted.size()][];
        int next = 0;
        int done = 0;
        Map<Integer, Drawing> drawings = new LinkedHashMap<>();
        try (ContinuousBatch batch = ContinuousBatch.of(model, texts, SLOTS)) {
            while (done < wanted.size()) {
                while (next < wanted.size() && drawings.size() < SLOTS) {
                    drawings.put(next, batch.start(new TokenRequest(wanted.get(next), null, next, parameters)));
                    next++;
                }
                batch.step();
                for (Integer image : List.copyOf(drawings.keySet())) {
                    Drawing drawing = drawings.get(image);
                    if (drawing != null && drawing.isEnded()) {
                        RuntimeException failure = drawing.failure();
                        if (failure != null) {
                            throw failure;
                        }
                        drawings.remove(image);
                        tokens[image] = drawing.tokens();
                        done++;
                        listener.progress("drawing in " + model.precision().key(), done, wanted.size());
                    }
                }
            }
        }
        return Arrays.asList(tokens);
    }

    private List<RgbImage> decode(VqganDecoder decoder, List<int[]> tokens) {
        List<RgbImage> images = new ArrayList<>();
        for (int[] image : tokens) {
            images.add(decoder.decode(image));
            listener.progress("decoding", images.size(), tokens.size());
        }
        return images;
    }

    private int right(List<RgbImage> images) {
        int right = 0;
        if (!captions.isEmpty()) {
            PictureReader reader = new PictureReader(images.get(0).width());
            for (int i = 0; i < images.size(); i++) {
                right += reader.read(images.get(i)).shows(captions.get(i)) ? 1 : 0;
            }
        }
        return right;
    }

    private Fidelity.Vqgan vqgan(Precision precision, List<RgbImage> reference, List<RgbImage> images) {
        double sum = 0;
        double worstMean = 0;
        int largest = 0;
        for (int i = 0; i < images.size(); i++) {
            byte[] exact = reference.get(i).rgb();
            byte[] other = images.get(i).rgb();
            long differences = 0;
            for (int j = 0; j < exact.length; j++) {
                int difference = Math.abs((exact[j] & 0xff) - (other[j] & 0xff));
                differences += difference;
                largest = Math.max(largest, difference);
            }
            double mean = (double) differences / exact.length;
            sum += mean;
            if (mean > worstMean) {
                worstMean = mean;
                String text =
                        captions.isEmpty() ? prompts.get(i) : captions.get(i).text();
                worst = new Worst(text, reference.get(i), images.get(i));
            }
        }
        Integer right = captions.isEmpty() ? null : right(images);
        return new Fidelity.Vqgan(precision.key(), sum / images.size(), worstMean, largest, right);
    }

    private static double same(List<int[]> reference, List<int[]> other) {
        int same = 0;
        for (int i = 0; i < reference.size(); i++) {
            same += Arrays.equals(reference.get(i), other.get(i)) ? 1 : 0;
        }
        return (double) same / reference.size();
    }
}
