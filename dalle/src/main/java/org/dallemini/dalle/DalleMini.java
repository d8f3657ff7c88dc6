package org.dallemini.dalle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.GenerationConfig;
import org.dallemini.dalle.config.ModelFit;
import org.dallemini.dalle.drawing.ContinuousBatch;
import org.dallemini.dalle.drawing.Drawing;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.text.TextProcessor;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.dalle.vqgan.VqganDecoder;

/**
 * A whole model in memory: prompts in, pictures out, without Kafka.
 *
 * <pre>{@code
 * try (DalleMini model = DalleMini.load(Path.of("models/shapes"))) {
 *     RgbImage picture = model.draw("a red circle on a blue background", 42);
 *     Files.write(Path.of("picture.png"), PngWriter.write(picture, List.of()));
 * }
 * }</pre>
 *
 * <p>The same prompt, seed and parameters give the same pixels, whatever is drawn beside them. Not thread-safe.
 */
public final class DalleMini implements AutoCloseable {
    private final TextProcessor texts;
    private final BartModel bart;
    private final ContinuousBatch batch;
    private final int slots;
    private final VqganDecoder vqgan;

    private DalleMini(TextProcessor texts, BartModel bart, ContinuousBatch batch, int slots, VqganDecoder vqgan) {
        this.texts = texts;
        this.bart = bart;
        this.batch = batch;
        this.slots = slots;
        this.vqgan = vqgan;
    }

    /**
     * How a model is run.
     *
     * @param cache where the graphs are kept that are built from the checkpoints
     * @param threads of one computation, from 1
     * @param slots pictures that are drawn together, from 1: more are faster in all, and each takes longer
     * @param text arithmetic of the text model
     * @param image arithmetic of the VQGAN: FP32 or INT8
     */
    public record Settings(ModelCache cache, int threads, int slots, Precision text, Precision image) {
        /** The user's cache, all processors, 8 pictures at a time, and float32, which draws what the original draws. */
        public static Settings defaults() {
            return new Settings(
                    ModelCache.of(""), Runtime.getRuntime().availableProcessors(), 8, Precision.FP32, Precision.FP32);
        }
    }

    /**
     * Loads the native libraries, which the first model would do: half a second of work for a program that has other
     * things to start as well.
     */
    public static void loadLibraries() {
        Sessions.loadLibrary();
        TextProcessor.loadLibrary();
    }

    /**
     * Opens a model with {@link Settings#defaults}.
     *
     * @param folder see {@link ModelFolder}
     * @throws ModelException if it holds no model that can be used
     */
    public static DalleMini load(Path folder) throws IOException {
        return load(folder, Settings.defaults());
    }

    /**
     * Opens a model. The first time its graphs are built, which takes seconds to minutes.
     *
     * @param folder see {@link ModelFolder}
     * @throws ModelException if it holds no model that can be used
     */
    public static DalleMini load(Path folder, Settings settings) throws IOException {
        ModelFolder model = ModelFolder.open(folder);
        ModelFit.require(model);
        Sessions sessions = new Sessions(settings.threads());
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            TextProcessor texts = TextProcessor.open(model.bart(), BartConfig.read(model.bart()));
            opened.push(texts);
            BartModel bart = BartModel.open(model.bart(), settings.cache(), sessions, settings.text());
            opened.push(bart);
            VqganDecoder vqgan = VqganDecoder.open(model.vqgan(), settings.cache(), sessions, settings.image());
            opened.push(vqgan);
            ContinuousBatch batch = ContinuousBatch.of(bart, texts, settings.slots());
            return new DalleMini(texts, bart, batch, settings.slots(), vqgan);
        } catch (IOException | RuntimeException | Error e) {
            for (AutoCloseable part : opened) {
                try {
                    part.close();
                } catch (Exception suppressed) {
                    e.addSuppressed(suppressed);
                }
            }
            throw e;
        }
    }

    /** The parameters that the model is drawn with unless a request says otherwise. */
    public SamplingParameters parameters() {
        GenerationConfig defaults = bart.defaults();
        return new SamplingParameters(
                defaults.temperature(), defaults.topK(), defaults.topP(), defaults.conditionScale());
    }

    /**
     * Draws a picture with the model's own {@link #parameters}.
     *
     * @param seed 0 to 2^32 - 1 are the seeds of the original
     * @throws ModelException if the model fails on the prompt
     */
    public RgbImage draw(String prompt, long seed) {
        return draw(List.of(new TokenRequest(prompt, null, seed, parameters()))).get(0);
    }

    /**
     * Draws pictures together, in the order of their requests. As one ends, the next joins.
     *
     * @throws ModelException if the model fails on one of them
     */
    public List<RgbImage> draw(List<TokenRequest> requests) {
        return drawTokens(requests).stream().map(this::decode).toList();
    }

    /**
     * The image tokens of pictures, row by row from the top left, without decoding them.
     *
     * @throws ModelException if the model fails on one of them
     */
    public List<int[]> drawTokens(List<TokenRequest> requests) {
        Deque<TokenRequest> waiting = new ArrayDeque<>(requests);
        List<Drawing> drawings = new ArrayList<>();
        try {
            while (!waiting.isEmpty() || batch.size() > 0) {
                while (batch.size() < slots && !waiting.isEmpty()) {
                    drawings.add(batch.start(waiting.remove()));
                }
                batch.step();
            }
            return drawings.stream().map(Drawing::tokens).toList();
        } finally {
            drawings.stream().filter(drawing -> !drawing.isEnded()).forEach(batch::cancel);
        }
    }

    /** The picture of image tokens, as {@link #drawTokens} gives them. */
    public RgbImage decode(int... tokens) {
        return vqgan.decode(tokens);
    }

    @Override
    public void close() {
        batch.close();
        vqgan.close();
        bart.close();
        texts.close();
    }
}
