package org.dallemini.clip;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.RgbImage;
import org.jspecify.annotations.Nullable;

/**
 * A CLIP in memory: texts and pictures as vectors of length 1, whose product says how well they fit. The published one
 * is openai/clip-vit-base-patch32 (MIT). For any number of threads.
 */
public final class Clip implements AutoCloseable {
    private final ClipConfig config;
    private final ClipTokenizer tokenizer;
    private final Sessions sessions;
    private final OrtSession text;
    private final OrtSession vision;

    private Clip(ClipConfig config, ClipTokenizer tokenizer, Sessions sessions, OrtSession text, OrtSession vision) {
        this.config = config;
        this.tokenizer = tokenizer;
        this.sessions = sessions;
        this.text = text;
        this.vision = vision;
    }

    /**
     * Opens a CLIP; the first time its graphs are built and put into the cache.
     *
     * @param folder with config.json, tokenizer.json and the weights of transformers' Flax model (flax_model.msgpack,
     *     or model.safetensors)
     * @throws ModelException if it holds no CLIP that can be computed
     */
    public static Clip open(Path folder, ModelCache cache, Sessions sessions) throws IOException {
        ClipConfig config = ClipConfig.read(folder);
        ClipTokenizer tokenizer = ClipTokenizer.open(folder, config); // first: it shows in a moment what is wrong
        OrtSession text = null;
        try {
            text = sessions.open(
                    cache.graph(folder, ClipGraphs.TEXT, "fp32", weights -> new ClipGraphs(config, weights).text()));
            OrtSession vision = sessions.open(cache.graph(
                    folder, ClipGraphs.VISION, "fp32", weights -> new ClipGraphs(config, weights).vision()));
            return new Clip(config, tokenizer, sessions, text, vision);
        } catch (OrtException e) {
            close(text);
            tokenizer.close();
            throw new ModelException("ONNX Runtime cannot open the CLIP in " + folder + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            close(text);
            tokenizer.close();
            throw e;
        }
    }

    private static void close(@Nullable OrtSession session) {
        try {
            if (session != null) {
                session.close();
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Checks that a folder holds a CLIP, without reading its weights.
     *
     * @throws ModelException saying what is missing or wrong
     */
    public static void require(Path folder) throws IOException {
        ClipConfig config = ClipConfig.read(folder);
        ClipTokenizer.open(folder, config).close();
        try (FlaxCheckpoint weights = FlaxCheckpoint.open(folder)) {
            ClipGraphs graphs = new ClipGraphs(config, weights);
            graphs.text();
            graphs.vision();
        }
    }

    /** The vector of a text, in any letters; what is too long is cut. */
    public Embedding embed(String words) {
        long[] ids = tokenizer.encode(words);
        try (OnnxTensor input = OnnxTensor.createTensor(
                        sessions.environment(), LongBuffer.wrap(ids), new long[] {1, ids.length});
                OrtSession.Result result = text.run(Map.of("input_ids", input))) {
            return embedding(result);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not read the text: " + e.getMessage(), e);
        }
    }

    /** The vector of a picture of any size; of one that is no square the middle counts. */
    public Embedding embed(RgbImage picture) {
        int size = config.imageSize();
        long[] shape = {1, size, size, 3};
        try (OnnxTensor input = OnnxTensor.createTensor(sessions.environment(), ClipPixels.of(picture, size), shape);
                OrtSession.Result result = vision.run(Map.of("pixels", input))) {
            return embedding(result);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not look at the picture: " + e.getMessage(), e);
        }
    }

    /**
     * By which the cosine of two vectors becomes a logit: the model's {@code exp(logit_scale)}, 100 in the published
     * one.
     */
    public float scale() {
        long[] ids = tokenizer.encode("");
        try (OnnxTensor input = OnnxTensor.createTensor(
                        sessions.environment(), LongBuffer.wrap(ids), new long[] {1, ids.length});
                OrtSession.Result result = text.run(Map.of("input_ids", input))) {
            return ((float[]) result.get(ClipGraphs.SCALE).orElseThrow().getValue())[0];
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not read the text: " + e.getMessage(), e);
        }
    }

    private static Embedding embedding(OrtSession.Result result) throws OrtException {
        float[][] rows =
                (float[][]) result.get(ClipGraphs.EMBEDDING).orElseThrow().getValue();
        return Embedding.of(rows[0]);
    }

    @Override
    public void close() {
        tokenizer.close();
        close(text);
        close(vision);
    }
}
