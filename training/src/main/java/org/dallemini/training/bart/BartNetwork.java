package org.dallemini.training.bart;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Program;
import org.dallemini.training.torch.Torch;
import org.jspecify.annotations.Nullable;

/**
 * A DALL·E BART as {@code modeling.py} of dalle-mini 0.1.5 trains it: logits of all image tokens at once, each seeing
 * those before it, and softmax cross-entropy. Architecture and switches are those of {@link BartConfig}; no dropout.
 *
 * <p>Parameters have the names and shapes of Flax, one by one for every layer. Shapes below: N rows, S text positions,
 * L length of an image, D width, V vocabulary.
 */
public final class BartNetwork {
    private static final double EPSILON = 1e-5;

    /** Added to a score, it leaves nothing of it after softmax. */
    private static final double HIDDEN = -1e30;

    private static final String NORM = "torch.layer_norm(%s, [%d], None, %s, %e)";
    private static final String ENCODER = "model/encoder/", DECODER = "model/decoder/";

    private final BartConfig config;
    private final Dtype dtype;
    private final Program.Compiled embedText;
    private final List<Program.Compiled> encoderLayers = new ArrayList<>();
    private final Program.Compiled encoderEnd;
    private final Program.Compiled embedTokens;
    private final List<Program.Compiled> decoderLayers = new ArrayList<>();
    private final Program.Compiled logits;
    private final Program.Compiled loss;

    /**
     * @param dtype of projections, attention and logits
     * @param manager of the compiled programs
     */
    public BartNetwork(BartConfig config, Dtype dtype, NDManager manager) {
        this.config = config;
        this.dtype = dtype;
        embedText = embedding(manager, ENCODER);
        for (int i = 0; i < config.encoderLayers(); i++) {
            encoderLayers.add(encoderLayer(manager, ENCODER + "layers/FlaxBartEncoderLayer_" + i + "/"));
        }
        encoderEnd = encoderEnd(manager);
        embedTokens = embedding(manager, DECODER);
        for (int i = 0; i < config.decoderLayers(); i++) {
            decoderLayers.add(decoderLayer(manager, DECODER + "layers/FlaxBartDecoderLayer_" + i + "/"));
        }
        logits = head(manager, false);
        loss = head(manager, true);
    }

    /**
     * A batch to learn from.
     *
     * @param text token ids, int64 [N, S]
     * @param mask of the text: 1 for a token, 0 for padding, bool [N, 1, 1, S]
     * @param tokens that the decoder sees: the start token, then all image tokens but the last, int64 [N, L]
     * @param labels image tokens, int64 [N, L]
     */
    public record Batch(NDArray text, NDArray mask, NDArray tokens, NDArray labels) {}

    /** Logits [N, L, V]. */
    public NDArray logits(Parameters p, Batch batch) {
        return logits.apply(p, decoded(p, batch));
    }

    /** Mean over all samples and positions of -log softmax(logits)[label]; a scalar. */
    public NDArray loss(Parameters p, Batch batch) {
        return loss.apply(p, decoded(p, batch), batch.labels);
    }

    private NDArray decoded(Parameters p, Batch batch) {
        NDArray source = encoded(p, batch);
        NDArray x = embedTokens.apply(p, batch.tokens);
        for (Program.Compiled layer : decoderLayers) {
            x = layer.apply(p, x, source, batch.mask);
        }
        return x;
    }

    private NDArray encoded(Parameters p, Batch batch) {
        NDArray x = embedText.apply(p, batch.text);
        for (Program.Compiled layer : encoderLayers) {
            x = layer.apply(p, x, batch.mask);
        }
        return encoderEnd.apply(p, x);
    }

    /**
     * Adds the gradients of the loss to those of the parameters.
     *
     * @param checkpointing keeps the inputs of layers only and computes each layer once more on the way back: a third
     *     more work for a fraction of the memory
     * @return the loss
     */
    public float backward(Parameters p, Batch batch, boolean checkpointing) {
        return checkpointing ? layerByLayer(p, batch) : atOnce(p, batch);
    }

    private float atOnce(Parameters p, Batch batch) {
        try (Torch.Recording ignored = Torch.record()) {
            NDArray loss = loss(p, batch);
            Torch.backward(loss, one(loss));
            return loss.getFloat();
        }
    }

    private float layerByLayer(Parameters p, Batch batch) {
        List<NDArray> encoder = new ArrayList<>(); // inputs of the layers, and what the last gives
        encoder.add(embedText.apply(p, batch.text));
        for (Program.Compiled layer : encoderLayers) {
            encoder.add(layer.apply(p, last(encoder), batch.mask));
        }
        NDArray source = Torch.leaf(encoderEnd.apply(p, last(encoder)));
        List<NDArray> decoder = new ArrayList<>();
        decoder.add(embedTokens.apply(p, batch.tokens));
        for (Program.Compiled layer : decoderLayers) {
            decoder.add(layer.apply(p, last(decoder), source, batch.mask));
        }
        try (Torch.Recording ignored = Torch.record()) {
            NDArray x = Torch.leaf(last(decoder));
            NDArray loss = this.loss.apply(p, x, batch.labels);
            Torch.backward(loss, one(loss));
            NDArray gradient = x.getGradient();
            for (int i = decoderLayers.size() - 1; i >= 0; i--) {
                x = Torch.leaf(decoder.get(i));
                Torch.backward(decoderLayers.get(i).apply(p, x, source, batch.mask), gradient);
                gradient = x.getGradient();
            }
            Torch.backward(embedTokens.apply(p, batch.tokens), gradient);
            x = Torch.leaf(last(encoder));
            Torch.backward(encoderEnd.apply(p, x), source.getGradient());
            gradient = x.getGradient();
            for (int i = encoderLayers.size() - 1; i >= 0; i--) {
                x = Torch.leaf(encoder.get(i));
                Torch.backward(encoderLayers.get(i).apply(p, x, batch.mask), gradient);
                gradient = x.getGradient();
            }
            Torch.backward(embedText.apply(p, batch.text), gradient);
            return loss.getFloat();
        }
    }

    private static NDArray last(List<NDArray> list) {
        return list.get(list.size() - 1);
    }

    private static NDArray one(NDArray loss) {
        return loss.getManager().ones(loss.getShape());
    }

    /** Token ids [N, T] to [N, T, D]: embeddings of token and position, normed. */
    private Program.Compiled embedding(NDManager manager, String prefix) {
        Program p = new Program(dtype);
        String ids = p.input("ids");
        String length = p.op("torch.size(%s, 1)", ids);
        String tokens = p.op("torch.embedding(%s, %s)", p.parameter(prefix + "embed_tokens/embedding"), ids);
        String positions =
                p.op("torch.slice(%s, 0, 0, %s, 1)", p.parameter(prefix + "embed_positions/embedding"), length);
        String x = p.op("torch.add(%s, %s)", tokens, positions);
        return p.returning(manager, scaledNorm(p, x, prefix + "layernorm_embedding"));
    }

    private Program.Compiled encoderLayer(NDManager manager, String prefix) {
        Program p = new Program(dtype);
        String x = p.input("x");
        String mask = p.input("mask");
        x = selfAttention(p, x, prefix, config.encoderHeads(), mask);
        return p.returning(manager, glu(p, x, prefix + "GLU_0/", config.encoderFfnDim()));
    }

    private Program.Compiled encoderEnd(NDManager manager) {
        Program p = new Program(dtype);
        return p.returning(manager, norm(p, p.input("x"), ENCODER + "final_ln", config.dModel()));
    }

    private Program.Compiled decoderLayer(NDManager manager, String prefix) {
        Program p = new Program(dtype);
        String x = p.input("x");
        String source = p.input("source");
        String mask = p.input("mask");
        x = selfAttention(p, x, prefix, config.decoderHeads(), null);
        x = crossAttention(p, x, source, prefix, mask);
        return p.returning(manager, glu(p, x, prefix + "GLU_0/", config.decoderFfnDim()));
    }

    private Program.Compiled head(NDManager manager, boolean withLoss) {
        Program p = new Program(dtype);
        String x = norm(p, p.input("x"), DECODER + "final_ln", config.dModel());
        String result = p.raised(p.op("torch.matmul(%s, %s)", p.lowered(x), p.weight("lm_head/kernel")));
        if (withLoss) {
            String labels = p.op("torch.reshape(%s, [-1])", p.input("labels"));
            String rows = p.op("torch.reshape(%s, [-1, %d])", result, config.vocabulary());
            result = p.op("torch.cross_entropy_loss(%s, %s)", rows, labels);
        }
        return p.returning(manager, result);
    }

    /** @param mask of keys; null if each position sees those up to its own */
    private String selfAttention(Program p, String x, String prefix, int heads, @Nullable String mask) {
        String module = prefix + "FlaxBartAttention_0/";
        String input = p.lowered(norm(p, x, prefix + "LayerNorm_0", config.dModel()));
        String bias = mask == null ? causal(p, input) : hidden(p, mask);
        String attention = attention(p, input, input, module, heads, bias);
        return p.op("torch.add(%s, %s)", x, scaledNorm(p, attention, prefix + "LayerNorm_1"));
    }

    private String crossAttention(Program p, String x, String source, String prefix, String mask) {
        String module = prefix + "FlaxBartAttention_1/";
        String input = p.lowered(norm(p, x, prefix + "LayerNorm_2", config.dModel()));
        String attention = attention(p, input, p.lowered(source), module, config.decoderHeads(), hidden(p, mask));
        return p.op("torch.add(%s, %s)", x, scaledNorm(p, attention, prefix + "LayerNorm_3"));
    }

    /** What is added to scores [.., T, T] of x [N, T, D] so that no position sees a later one. */
    private static String causal(Program p, String x) {
        String length = p.op("torch.size(%s, 1)", x);
        return p.lowered(p.op("torch.triu(torch.full([%s, %s], %e), 1)", length, length, HIDDEN));
    }

    /** What is added to scores [.., .., .., S] so that nothing sees padding. */
    private static String hidden(Program p, String mask) {
        return p.lowered(p.op("torch.mul(torch.logical_not(%s), %e)", mask, HIDDEN));
    }

    /**
     * Attention with its four projections. PyTorch's fused attention is not faster, and takes three times as long on
     * the way back in bfloat16.
     *
     * @param bias added to the scores
     * @return float32
     */
    private String attention(Program p, String x, String source, String module, int heads, String bias) {
        double scale = 1 / Math.sqrt((double) config.dModel() / heads);
        String query = p.op("torch.mul(%s, %s)", heads(p, x, module + "q_proj/kernel", heads), scale);
        String key = heads(p, source, module + "k_proj/kernel", heads);
        String value = heads(p, source, module + "v_proj/kernel", heads);
        String scores = p.op("torch.add(torch.matmul(%s, torch.transpose(%s, 2, 3)), %s)", query, key, bias);
        String mixed = p.op("torch.transpose(torch.matmul(torch.softmax(%s, -1, None), %s), 1, 2)", scores, value);
        return p.raised(p.op(
                "torch.matmul(torch.reshape(%s, [torch.size(%s, 0), torch.size(%s, 1), %d]), %s)",
                mixed, x, x, config.dModel(), p.weight(module + "out_proj/kernel")));
    }

    /** [N, T, D] to its projection [N, heads, T, D / heads]. */
    private static String heads(Program p, String x, String kernel, int heads) {
        return p.op(
                "torch.transpose(torch.reshape(torch.matmul(%s, %s), [torch.size(%s, 0), torch.size(%s, 1), %d, -1]), 1, 2)",
                x, p.weight(kernel), x, x, heads);
    }

    /** The gated feed-forward net: norm, gelu(gate) * linear, norm, output. */
    private String glu(Program p, String x, String prefix, int inner) {
        String input = p.lowered(norm(p, x, prefix + "LayerNorm_0", config.dModel()));
        String product = p.op(
                "torch.mul(torch.gelu(torch.matmul(%s, %s), approximate=\"none\"), torch.matmul(%s, %s))",
                input, p.weight(prefix + "Dense_0/kernel"), input, p.weight(prefix + "Dense_1/kernel"));
        product = p.op(NORM, product, inner, p.weight(prefix + "LayerNorm_1/bias"), EPSILON);
        String out = p.op("torch.matmul(%s, %s)", product, p.weight(prefix + "Dense_2/kernel"));
        return p.op("torch.add(%s, %s)", x, p.raised(out));
    }

    /** LayerNorm without scale, as before a dense layer, which has one. */
    private static String norm(Program p, String x, String path, int width) {
        return p.op(NORM, x, width, p.parameter(path + "/bias"), EPSILON);
    }

    private String scaledNorm(Program p, String x, String path) {
        return p.op(
                "torch.layer_norm(%s, [%d], %s, %s, %e)",
                x, config.dModel(), p.parameter(path + "/scale"), p.parameter(path + "/bias"), EPSILON);
    }
}
