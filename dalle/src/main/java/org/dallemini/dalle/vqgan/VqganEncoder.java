package org.dallemini.dalle.vqgan;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.config.WeightsFit;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;

/**
 * The encoder of a VQGAN, run by ONNX Runtime through DJL: finds the image tokens that come nearest to an image. For
 * one thread at a time.
 */
public final class VqganEncoder implements AutoCloseable {
    private final VqganConfig config;
    private final Model model;
    private final Predictor<float[], int[]> predictor;

    private VqganEncoder(VqganConfig config, Model model) {
        this.config = config;
        this.model = model;
        this.predictor = model.newPredictor(new TokenTranslator(config.resolution()));
    }

    /**
     * Opens the encoder of a checkpoint; the first time its graph is built and put into the cache.
     *
     * @param folder of the VQGAN: config.json and weights
     * @throws org.dallemini.dalle.model.ModelException if the checkpoint is incomplete, damaged or not supported
     */
    public static VqganEncoder open(Path folder, ModelCache cache, Sessions sessions) throws IOException {
        VqganConfig config = VqganConfig.read(folder);
        WeightsFit.require(folder, config); // before anything is hashed or converted
        Path graph = cache.graph(
                folder, VqganGraphs.ENCODER, Precision.FP32.key(), weights -> VqganGraphs.encoder(config, weights));
        return new VqganEncoder(config, VqganGraphs.open(graph, sessions));
    }

    /** Width and height of the images it takes. */
    public int resolution() {
        return config.resolution();
    }

    /**
     * Encodes one image.
     *
     * @return image tokens, row by row from the top left
     * @throws IllegalArgumentException if the image is not of this resolution
     */
    public int[] encode(RgbImage image) {
        if (image.width() != resolution() || image.height() != resolution()) {
            throw new IllegalArgumentException("The VQGAN encodes images of " + resolution() + " x " + resolution()
                    + " pixels, not of " + image.width() + " x " + image.height() + "; scale or crop the image first");
        }
        float[] values = new float[image.rgb().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (image.rgb()[i] & 0xFF) / 255f;
        }
        try {
            return predictor.predict(values);
        } catch (TranslateException e) {
            throw new IllegalStateException("ONNX Runtime could not encode the image: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        predictor.close();
        model.close();
    }

    private record TokenTranslator(int size) implements NoBatchifyTranslator<float[], int[]> {
        @Override
        public NDList processInput(TranslatorContext context, float[] values) {
            return new NDList(context.getNDManager().create(values, new Shape(1, size, size, 3)));
        }

        @Override
        public int[] processOutput(TranslatorContext context, NDList outputs) {
            long[] indices = outputs.get(1).toLongArray(); // the graph's order: encoded, indices, quantised
            return Arrays.stream(indices).mapToInt(Math::toIntExact).toArray();
        }
    }
}
