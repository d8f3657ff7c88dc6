package org.dallemini.training.bart;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.dalle.config.BartConfig;
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
    private static final String ENCODER = "model/encoder/", DECODER = "model/decoder/";

    private final BartConfig config;
    private final Program.Compiled embedText;
    private final List<Program.Compiled> encoderLayers = new ArrayList<>();
    private final Program.Compiled encoderEnd;
    private final Program.Compiled embedTokens;
    private final List<Program.Compiled> decoderLayers = new ArrayList<>();
    private final Program.Compiled logits;
    private final Program.Compiled loss;

    /** @param manager of the compiled programs */
    public BartNetwork(BartConfig config, NDManager manager) {
        this.config = config;
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
        Program p = new Program();
        String ids = p.input("ids");
        String length = p.op("torch.size(%s, 1)", ids);
        String tokens = p.op("torch.embedding(%s, %s)", p.parameter(prefix + "embed_tokens/embedding"), ids);
        String positions =
                p.op("torch.slice(%s, 0, 0, %s, 1)", p.parameter(prefix + "embed_positions/embedding"), length);
        String x = p.op("torch.add(%s, %s)", tokens, positions);
        return p.returning(manager, scaledNorm(p, x, prefix + "layernorm_embedding"));
    }

    private Program.Compiled encoderLayer(NDManager manager, String prefix) {
        Program p = new Program();
        String x = p.input("x");
        String mask = p.input("mask");
        x = selfAttention(p, x, prefix, config.encoderHeads(), mask);
        return p.returning(manager, glu(p, x, prefix + "GLU_0/", config.encoderFfnDim()));
    }

    private Program.Compiled encoderEnd(NDManager manager) {
        Program p = new Program();
        return p.returning(manager, norm(p, p.input("x"), ENCODER + "final_ln", config.dModel()));
    }

    private Program.Compiled decoderLayer(NDManager manager, String prefix) {
        Program p = new Program();
        String x = p.input("x");
        String source = p.input("source");
        String mask = p.input("mask");
        x = selfAttention(p, x, prefix, config.decoderHeads(), null);
        x = crossAttention(p, x, source, prefix, mask);
        return p.returning(manager, glu(p, x, prefix + "GLU_0/", config.decoderFfnDim()));
    }

    private Program.Compiled head(NDManager manager, boolean withLoss) {
        Program p = new Program();
        String x = norm(p, p.input("x"), DECODER + "final_ln", config.dModel());
        String result = p.op("torch.matmul(%s, %s)", x, p.parameter("lm_head/kernel"));
        if (withLoss) {
            String labels = p.op("torch.reshape(%s, [-1])", p.input("labels"));
            String rows = p.op("torch.reshape(%s, [-1, %d])", result, config.vocabulary());
            result = p.op("torch.cross_entropy_loss(%s, %s)", rows, labels);
        }
        return p.returning(manager, result);
    }

    /** @param mask of keys; null if each position sees those up to its own */
    private String selfAttention(Program p, String x, String prefix, int heads, @Nullable String mask) {
        int d = config.dModel();
        String module = prefix + "FlaxBartAttention_0/";
        List<String> parts = products(p, norm(p, x, prefix + "LayerNorm_0", d), d, List.of("q", "k", "v"), module);
        String attention = attention(p, parts, heads, mask);
        attention = p.op("torch.matmul(%s, %s)", attention, p.parameter(module + "out_proj/kernel"));
        return p.op("torch.add(%s, %s)", x, scaledNorm(p, attention, prefix + "LayerNorm_1"));
    }

    private String crossAttention(Program p, String x, String source, String prefix, String mask) {
        int d = config.dModel();
        String module = prefix + "FlaxBartAttention_1/";
        String query = p.op(
                "torch.matmul(%s, %s)", norm(p, x, prefix + "LayerNorm_2", d), p.parameter(module + "q_proj/kernel"));
        List<String> keyAndValue = products(p, source, d, List.of("k", "v"), module);
        String attention =
                attention(p, List.of(query, keyAndValue.get(0), keyAndValue.get(1)), config.decoderHeads(), mask);
        attention = p.op("torch.matmul(%s, %s)", attention, p.parameter(module + "out_proj/kernel"));
        return p.op("torch.add(%s, %s)", x, scaledNorm(p, attention, prefix + "LayerNorm_3"));
    }

    /** Several projections as one product, which PyTorch computes faster. */
    private static List<String> products(Program p, String x, int width, List<String> names, String module) {
        List<String> kernels = names.stream()
                .map(name -> p.parameter(module + name + "_proj/kernel"))
                .toList();
        return products(p, x, width, kernels);
    }

    private static List<String> products(Program p, String x, int width, List<String> kernels) {
        String all = p.op("torch.cat([%s], 1)", String.join(", ", kernels));
        return p.parts(kernels.size(), "torch.split(torch.matmul(%s, %s), %d, 2)", x, all, width);
    }

    private static String attention(Program p, List<String> parts, int heads, @Nullable String mask) {
        List<String> apart = parts.stream()
                .map(x -> p.op(
                        "torch.transpose(torch.reshape(%s, [torch.size(%s, 0), torch.size(%s, 1), %d, -1]), 1, 2)",
                        x, x, x, heads))
                .toList();
        String attention = p.op(
                "torch.scaled_dot_product_attention(%s, %s, 0., %s)",
                String.join(", ", apart), mask == null ? "None" : mask, mask == null ? "True" : "False");
        String query = parts.get(0);
        return p.op(
                "torch.reshape(torch.transpose(%s, 1, 2), [torch.size(%s, 0), torch.size(%s, 1), torch.size(%s, 2)])",
                attention, query, query, query);
    }

    /** The gated feed-forward net: norm, gelu(gate) * linear, norm, output. */
    private String glu(Program p, String x, String prefix, int inner) {
        List<String> kernels = List.of(p.parameter(prefix + "Dense_0/kernel"), p.parameter(prefix + "Dense_1/kernel"));
        List<String> parts = products(p, norm(p, x, prefix + "LayerNorm_0", config.dModel()), inner, kernels);
        String product = p.op("torch.mul(torch.gelu(%s, approximate=\"none\"), %s)", parts.get(0), parts.get(1));
        String out = p.op(
                "torch.matmul(%s, %s)",
                norm(p, product, prefix + "LayerNorm_1", inner), p.parameter(prefix + "Dense_2/kernel"));
        return p.op("torch.add(%s, %s)", x, out);
    }

    /** LayerNorm without scale, as before a dense layer, which has one. */
    private static String norm(Program p, String x, String path, int width) {
        return p.op("torch.layer_norm(%s, [%d], None, %s, %e)", x, width, p.parameter(path + "/bias"), EPSILON);
    }

    private String scaledNorm(Program p, String x, String path) {
        return p.op(
                "torch.layer_norm(%s, [%d], %s, %s, %e)",
                x, config.dModel(), p.parameter(path + "/scale"), p.parameter(path + "/bias"), EPSILON);
    }
}
