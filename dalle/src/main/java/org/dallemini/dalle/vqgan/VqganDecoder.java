package org.dallemini.dalle.vqgan;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.config.WeightsFit;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;

/** The decoder of a VQGAN, run by ONNX Runtime through DJL. */
public final class VqganDecoder implements ImageDecoder {
    private final VqganConfig config;
    private final Model model;
    private final Predictor<long[], RgbImage> predictor;

    private VqganDecoder(VqganConfig config, Model model) {
        this.config = config;
        this.model = model;
        this.predictor = model.newPredictor(new PixelTranslator());
    }

    /**
     * Opens the decoder of a checkpoint; the first time its graph is built and put into the cache.
     *
     * @param folder of the VQGAN: config.json and weights
     * @param precision of the convolutions: FP32 or INT8
     * @throws org.dallemini.dalle.model.ModelException if the checkpoint is incomplete, damaged or not supported
     */
    public static VqganDecoder open(Path folder, ModelCache cache, Sessions sessions, Precision precision)
            throws IOException {
        VqganConfig config = VqganConfig.read(folder);
        WeightsFit.require(folder, config); // before anything is hashed or converted
        Path graph = cache.graph(
                folder,
                VqganGraphs.DECODER,
                precision.key(),
                weights -> VqganGraphs.decoder(config, weights, precision));
        return new VqganDecoder(config, VqganGraphs.open(graph, sessions));
    }

    @Override
    public int rows() {
        return config.gridSize();
    }

    @Override
    public int columns() {
        return config.gridSize();
    }

    @Override
    public int codes() {
        return config.nEmbed();
    }

    @Override
    public RgbImage decode(int[] tokens) {
        if (tokens.length != rows() * columns()) {
            throw new IllegalArgumentException(tokens.length + " tokens do not fill the VQGAN's grid of " + rows()
                    + " x " + columns() + "; the model that drew them does not belong to it");
        }
        long[] indices = new long[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0) {
                throw new IllegalArgumentException("image token " + i + " is " + tokens[i] + ", below 0");
            }
            indices[i] = Math.min(tokens[i], codes() - 1);
        }
        try {
            return predictor.predict(indices);
        } catch (TranslateException e) {
            throw new IllegalStateException("ONNX Runtime could not decode the image: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        predictor.close();
        model.close();
    }

    private static final class PixelTranslator implements NoBatchifyTranslator<long[], RgbImage> {
        @Override
        public NDList processInput(TranslatorContext context, long[] indices) {
            return new NDList(context.getNDManager().create(indices, new Shape(1, indices.length)));
        }

        @Override
        public RgbImage processOutput(TranslatorContext context, NDList outputs) {
            NDArray pixels = outputs.get(1); // DJL keeps the graph's order: pixels_float, pixels
            ByteBuffer bytes = pixels.toByteBuffer();
            byte[] rgb = new byte[bytes.remaining()];
            bytes.get(rgb);
            long[] shape = pixels.getShape().getShape(); // [1, H, W, 3]
            return new RgbImage((int) shape[2], (int) shape[1], rgb);
        }
    }
}
