package org.dallemini.dalle.bart;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dallemini.dalle.model.ModelException;

/**
 * The text encoder with the cross-attention projections of the decoder, as a DJL predictor. A text is encoded alone and
 * without padding, so that nothing around it can change its numbers. Not thread-safe.
 */
final class TextEncoder implements AutoCloseable {
    private final Model model;
    private final Predictor<int[], EncodedText> predictor;

    /** @param model the graph {@link BartGraphs#encoder}; closed with this object */
    TextEncoder(Model model, int decoderLayers) {
        this.model = model;
        this.predictor = model.newPredictor(new CrossAttentionTranslator(decoderLayers));
    }

    /**
     * @param ids of the text, without padding
     * @throws ModelException if the computation fails
     */
    EncodedText encode(int... ids) {
        try {
            return predictor.predict(ids);
        } catch (TranslateException e) {
            throw new ModelException("the text encoder failed on a text of " + ids.length + " tokens: " + e, e);
        }
    }

    @Override
    public void close() {
        predictor.close();
        model.close();
    }

    private record CrossAttentionTranslator(int layers) implements NoBatchifyTranslator<int[], EncodedText> {

        @Override
        public NDList processInput(TranslatorContext context, int[] ids) {
            LongBuffer tokens = LongBuffer.allocate(ids.length);
            for (int id : ids) {
                tokens.put(id);
            }
            int[] mask = new int[ids.length];
            Arrays.fill(mask, 1);
            NDManager manager = context.getNDManager();
            Shape shape = new Shape(1, ids.length);
            NDArray inputIds = manager.create(tokens.flip(), shape);
            NDArray attentionMask = manager.create(IntBuffer.wrap(mask), shape);
            inputIds.setName("input_ids");
            attentionMask.setName("attention_mask");
            return new NDList(inputIds, attentionMask);
        }

        @Override
        public EncodedText processOutput(TranslatorContext context, NDList outputs) {
            List<float[]> keys = new ArrayList<>(layers);
            List<float[]> values = new ArrayList<>(layers);
            for (int i = 0; i < layers; i++) {
                keys.add(outputs.get("cross_k." + i).toFloatArray());
                values.add(outputs.get("cross_v." + i).toFloatArray());
            }
            int length = Math.toIntExact(outputs.get("cross_k.0").getShape().get(2));
            return new EncodedText(length, keys, values);
        }
    }
}
