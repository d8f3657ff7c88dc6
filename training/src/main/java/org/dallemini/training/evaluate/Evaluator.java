package org.dallemini.training.evaluate;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dallemini.dalle.DalleMini;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.dalle.vqgan.VqganDecoder;
import org.dallemini.training.data.Item;

/**
 * Measures a model: how well its VQGAN brings pictures back, and whether it draws what prompts ask for. One sample is
 * drawn for each prompt, by the pipeline's own code, with the prompt's number as its seed; nothing is picked.
 */
public final class Evaluator {
    private static final int TOP = 5, SLOTS = 16;

    private final ModelFolder model;
    private final ModelCache cache;
    private final int threads;
    private final PrintStream err;

    public Evaluator(ModelFolder model, ModelCache cache, int threads, PrintStream err) {
        this.model = model;
        this.cache = cache;
        this.threads = threads;
        this.err = err;
    }

    /** Mean absolute difference of pixels, 0 to 255, and signal to noise in decibel. */
    public Map<String, Double> reconstruction(List<Item> items) throws IOException {
        double absolute = 0;
        double squared = 0;
        long values = 0;
        try (PictureFeatures features = new PictureFeatures(model.vqgan(), cache);
                VqganDecoder decoder = VqganDecoder.open(model.vqgan(), cache, new Sessions(threads), Precision.FP32)) {
            for (Item item : items) {
                RgbImage before = read(item, features.resolution());
                RgbImage after = decoder.decode(features.tokens(before));
                for (int i = 0; i < before.rgb().length; i++) {
                    int difference = (before.rgb()[i] & 0xff) - (after.rgb()[i] & 0xff);
                    absolute += Math.abs(difference);
                    squared += (double) difference * difference;
                }
                values += before.rgb().length;
            }
        }
        Map<String, Double> result = new LinkedHashMap<>();
        result.put("pixelError", absolute / values);
        result.put("psnr", 10 * Math.log10(255.0 * 255.0 * values / squared));
        return result;
    }

    private static RgbImage read(Item item, int size) throws IOException {
        try {
            return item.image(size);
        } catch (Pictures.UnusableException e) {
            throw new IOException(item.key() + ": " + e.getMessage(), e);
        }
    }

    /** Makes the index of known pictures: single things on white, with their concepts. */
    private PictureIndex index(List<Item> known, PictureFeatures features) throws IOException {
        PictureIndex index = new PictureIndex();
        for (Item item : known) {
            Ground ground = Ground.of(read(item, features.resolution()));
            RgbImage alone = ground.alone(ground.whole());
            index.add(item.concept(), features.of(features.tokens(alone)));
            if (index.size() % 2000 == 0) {
                err.println(index.size() + "/" + known.size() + " known pictures");
            }
        }
        return index;
    }

    /**
     * Draws prompts and looks what is to be seen.
     *
     * @param file of prompts
     * @param known pictures of single things on white, with their concepts
     * @param guidances values of {@code condition_scale}, each for a run over all prompts
     * @return for each guidance, by kind of prompt and what was looked for, a share from 0 to 1
     */
    public Map<Double, Map<String, Double>> prompts(Path file, List<Item> known, List<Double> guidances)
            throws IOException {
        List<EvaluationPrompt> prompts = EvaluationPrompt.read(file);
        Map<Double, Map<String, Double>> results = new TreeMap<>();
        var settings = new DalleMini.Settings(cache, threads, SLOTS, Precision.FP32, Precision.FP32);
        try (PictureFeatures features = new PictureFeatures(model.vqgan(), cache);
                DalleMini drawing = DalleMini.load(model.path(), settings)) {
            PictureIndex index = index(known, features);
            for (double guidance : guidances) {
                Shares shares = new Shares();
                List<RgbImage> images = draw(drawing, prompts, guidance);
                for (int i = 0; i < images.size(); i++) {
                    look(prompts.get(i), images.get(i), index, features, shares);
                }
                results.put(guidance, shares.all());
            }
        }
        return results;
    }

    private List<RgbImage> draw(DalleMini drawing, List<EvaluationPrompt> prompts, double guidance) {
        SamplingParameters defaults = drawing.parameters();
        SamplingParameters parameters =
                new SamplingParameters(defaults.temperature(), defaults.topK(), defaults.topP(), (float) guidance);
        List<RgbImage> images = new ArrayList<>();
        for (int first = 0; first < prompts.size(); first += SLOTS) {
            List<TokenRequest> requests = new ArrayList<>();
            for (int i = first; i < Math.min(first + SLOTS, prompts.size()); i++) {
                requests.add(new TokenRequest(prompts.get(i).prompt(), null, i, parameters));
            }
            images.addAll(drawing.draw(requests));
            err.println("guidance " + guidance + ": " + images.size() + "/" + prompts.size() + " drawn");
        }
        return images;
    }

    private static void look(
            EvaluationPrompt prompt, RgbImage image, PictureIndex index, PictureFeatures features, Shares shares) {
        Ground ground = Ground.of(image);
        List<Ground.Box> things = ground.things();
        List<Ground.Box> places = prompt.concepts().size() > 1 || prompt.count() > 1 ? things : List.of(ground.whole());
        List<List<String>> seen = new ArrayList<>();
        for (Ground.Box place : places) {
            seen.add(index.nearest(features.of(features.tokens(ground.alone(place))), TOP));
        }
        for (String concept : prompt.concepts()) {
            shares.add(prompt.kind() + " first", seen.stream().anyMatch(names -> names.indexOf(concept) == 0));
            shares.add(prompt.kind() + " top " + TOP, seen.stream().anyMatch(names -> names.contains(concept)));
        }
        if (!prompt.ground().isEmpty()) {
            shares.add("ground", ground.name().equals(prompt.ground()));
        }
        if (prompt.count() > 0) {
            shares.add("count", things.size() == prompt.count());
        }
    }

    /** Counts what was there and what was not. */
    private static final class Shares {
        private final Map<String, int[]> counts = new TreeMap<>();

        void add(String what, boolean there) {
            int[] count = counts.computeIfAbsent(what, key -> new int[2]);
            count[0] += there ? 1 : 0;
            count[1]++;
        }

        Map<String, Double> all() {
            Map<String, Double> shares = new LinkedHashMap<>();
            counts.forEach((what, count) -> shares.put(what, (double) count[0] / count[1]));
            return shares;
        }
    }
}
