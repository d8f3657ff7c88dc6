package org.dallemini.dalle.bart;

import static org.dallemini.dalle.onnx.Graph.FLOAT;
import static org.dallemini.dalle.onnx.Graph.INT32;
import static org.dallemini.dalle.onnx.Graph.INT64;

import java.util.ArrayList;
import java.util.List;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.onnx.Graph;
import org.dallemini.dalle.precision.MatrixProducts;
import org.dallemini.dalle.precision.Precision;
import org.jspecify.annotations.Nullable;

/**
 * The ONNX graphs of a DALL·E BART with normformer layers, LayerNorm and GLU ({@code modeling.py} of dalle-mini 0.1.5):
 * text to cross attention, and one decoder step. Shapes: N rows, S text positions, L length of an image, H heads.
 *
 * <p>Between the attentions every token stands by itself: values there are [tokens, 1, width].
 */
final class BartGraphs {
    static final String ENCODER_NAME = "bart-encoder", DECODER_NAME = "bart-decoder";

    private static final float EPSILON = 1e-5f;
    private static final String ENCODER = "model/encoder/", DECODER = "model/decoder/";
    private static final String SELF = "FlaxBartAttention_0/", CROSS = "FlaxBartAttention_1/", GLU = "GLU_0/";

    private final BartConfig config;
    private final FlaxCheckpoint checkpoint;
    private final Precision precision;
    private final boolean hiddenStates;

    /** Graphs for drawing. */
    BartGraphs(BartConfig config, FlaxCheckpoint checkpoint, Precision precision) {
        this(config, checkpoint, precision, false);
    }

    /**
     * @param precision of the products with weights
     * @param hiddenStates adds the outputs {@code hidden.0} (after the embedding's norm), {@code hidden.1} (after the
     *     first layer)... [N, S or T, width], to look into the model
     */
    BartGraphs(BartConfig config, FlaxCheckpoint checkpoint, Precision precision, boolean hiddenStates) {
        this.config = config;
        this.checkpoint = checkpoint;
        this.precision = precision;
        this.hiddenStates = hiddenStates;
    }

    /**
     * {@code input_ids} int64 [N, S] and {@code attention_mask} int32 [N, S] to {@code encoder_output} [N, S, width]
     * and, for every decoder layer i, {@code cross_k.i} and {@code cross_v.i} [N, H, S, head size].
     */
    Graph encoder() {
        Graph g = new Graph(ENCODER_NAME);
        MatrixProducts products = precision.products(g);
        String ids = g.input("input_ids", INT64, "N", "S");
        String mask = g.input("attention_mask", INT32, "N", "S");
        String length = g.node("Shape").in(ids).set("start", 1L).set("end", 2L).out();
        String positions = g.op(
                "Slice",
                weight(g, ENCODER + "embed_positions/embedding", config.maxTextLength(), config.dModel()),
                g.longs(0),
                length,
                g.longs(0));
        String tokens = g.op(
                "Gather",
                weight(g, ENCODER + "embed_tokens/embedding", config.encoderVocabSize(), config.dModel()),
                ids);
        String apart = g.longs(-1, 1, config.dModel());
        String inTexts = g.node("Concat")
                .in(g.op("Shape", ids), g.longs(config.dModel()))
                .set("axis", 0L)
                .out();
        String embedded = g.op("Reshape", g.op("Add", tokens, positions), apart);
        String x = hidden(g, norm(g, embedded, ENCODER + "layernorm_embedding"), 0);
        for (int i = 0; i < config.encoderLayers(); i++) {
            Layer layer = new Layer(g, products, ENCODER + "layers/FlaxBartEncoderLayer", i, config.encoderFfnDim());
            String qkv = layer.normedDense(
                    x,
                    "LayerNorm_0",
                    Weight.columns(List.of(
                            layer.projection(SELF, "q_proj"),
                            layer.projection(SELF, "k_proj"),
                            layer.projection(SELF, "v_proj"))));
            String[] parts = g.node("Split")
                    .in(qkv)
                    .set("axis", -1L)
                    .set("num_outputs", 3L)
                    .outs(3);
            String attention = g.microsoft("MultiHeadAttention")
                    .in(
                            g.op("Reshape", parts[0], inTexts),
                            g.op("Reshape", parts[1], inTexts),
                            g.op("Reshape", parts[2], inTexts),
                            "",
                            mask)
                    .set("num_heads", config.encoderHeads())
                    .out();
            attention = g.op("Reshape", attention, apart);
            x = g.op("Add", x, layer.norm(layer.dense(attention, layer.projection(SELF, "out_proj")), "LayerNorm_1"));
            x = hidden(g, g.op("Add", x, layer.glu(x)), i + 1);
        }
        x = g.op("Reshape", norm(g, x, ENCODER + "final_ln"), inTexts);
        g.output(x, "encoder_output", FLOAT, "N", "S", config.dModel());
        for (int i = 0; i < config.decoderLayers(); i++) {
            Layer layer = new Layer(g, products, DECODER + "layers/FlaxBartDecoderLayer", i, config.decoderFfnDim());
            for (String kv : List.of("k", "v")) {
                String heads = g.op(
                        "Reshape",
                        layer.dense(x, layer.projection(CROSS, kv + "_proj")),
                        g.longs(0, 0, config.decoderHeads(), config.decoderHeadSize()));
                String transposed =
                        g.node("Transpose").in(heads).set("perm", 0, 2, 1, 3).out();
                g.output(
                        transposed,
                        "cross_" + kv + "." + i,
                        FLOAT,
                        "N",
                        config.decoderHeads(),
                        "S",
                        config.decoderHeadSize());
            }
        }
        return g;
    }

    /**
     * {@code tokens} and {@code positions} int64 [N, 1], {@code last} int32 [N] (the positions again), {@code total}
     * int32 [1] (the largest of them plus 1), {@code attention_mask} int32 [N, S] of the text, {@code cross_k.i} and
     * {@code cross_v.i} as the encoder gives them, {@code past_k.i} and {@code past_v.i} [N, H, L, padded head size],
     * to {@code logits} [N, 1, vocabulary] and {@code present_k.i}, {@code present_v.i}, which may be the very memory
     * of the past ones.
     */
    Graph decoder() {
        Graph g = new Graph(DECODER_NAME);
        MatrixProducts products = precision.products(g);
        HeadPadding padding = HeadPadding.of(config.decoderHeads(), config.decoderHeadSize());
        String tokens = g.input("tokens", INT64, "N", 1);
        String positions = g.input("positions", INT64, "N", 1);
        String last = g.input("last", INT32, "N");
        String total = g.input("total", INT32, 1);
        String mask = g.input("attention_mask", INT32, "N", "S");
        String embedded = g.op(
                "Add",
                g.op(
                        "Gather",
                        weight(g, DECODER + "embed_tokens/embedding", config.vocabulary(), config.dModel()),
                        tokens),
                g.op(
                        "Gather",
                        weight(g, DECODER + "embed_positions/embedding", config.imageLength(), config.dModel()),
                        positions));
        String x = hidden(g, norm(g, embedded, DECODER + "layernorm_embedding"), 0);
        for (int i = 0; i < config.decoderLayers(); i++) {
            Layer layer = new Layer(g, products, DECODER + "layers/FlaxBartDecoderLayer", i, config.decoderFfnDim());
            String attention = selfAttention(g, layer, padding, x, last, total);
            x = g.op("Add", x, layer.norm(attention, "LayerNorm_1"));
            attention = crossAttention(g, layer, x, mask);
            x = g.op("Add", x, layer.norm(attention, "LayerNorm_3"));
            x = hidden(g, g.op("Add", x, layer.glu(x)), i + 1);
        }
        Weight head = checkpoint.weight("lm_head/kernel", config.dModel(), config.vocabulary());
        g.output(norm(DECODER + "final_ln").dense(g, products, x, head), "logits", FLOAT, "N", 1, config.vocabulary());
        return g;
    }

    private String selfAttention(Graph g, Layer layer, HeadPadding padding, String x, String last, String total) {
        Object[] cache = {"N", padding.heads(), config.imageLength(), padding.padded()};
        String pastKeys = g.input("past_k." + layer.index, FLOAT, cache);
        String pastValues = g.input("past_v." + layer.index, FLOAT, cache);
        List<Weight> projections = new ArrayList<>();
        for (String name : List.of("q_proj", "k_proj", "v_proj")) {
            projections.add(padding.ofProjection(layer.projection(SELF, name)));
        }
        String[] outputs = g.microsoft("GroupQueryAttention")
                .in(
                        layer.normedDense(x, "LayerNorm_0", Weight.columns(projections)),
                        "",
                        "",
                        pastKeys,
                        pastValues,
                        last,
                        total)
                .set("num_heads", padding.heads())
                .set("kv_num_heads", padding.heads())
                .set("scale", (float) (1 / Math.sqrt(padding.size())))
                .outNamed("self." + layer.index, "present_k." + layer.index, "present_v." + layer.index);
        g.declareOutput(outputs[1], FLOAT, cache);
        g.declareOutput(outputs[2], FLOAT, cache);
        return layer.dense(outputs[0], padding.ofOutput(layer.projection(SELF, "out_proj")));
    }

    private String crossAttention(Graph g, Layer layer, String x, String mask) {
        Object[] cross = {"N", config.decoderHeads(), "S", config.decoderHeadSize()};
        String keys = g.input("cross_k." + layer.index, FLOAT, cross);
        String values = g.input("cross_v." + layer.index, FLOAT, cross);
        String attention = g.microsoft("MultiHeadAttention")
                .in(layer.normedDense(x, "LayerNorm_2", layer.projection(CROSS, "q_proj")), keys, values, "", mask)
                .set("num_heads", config.decoderHeads())
                .out();
        return layer.dense(attention, layer.projection(CROSS, "out_proj"));
    }

    private String norm(Graph g, String x, String path) {
        return norm(path).of(g, x);
    }

    private Norm norm(String path) {
        return new Norm(
                checkpoint.has(path + "/scale") ? checkpoint.weight(path + "/scale") : null,
                checkpoint.weight(path + "/bias"));
    }

    /**
     * LayerNorm, as InstanceNormalization of tokens that stand by themselves: ONNX Runtime's LayerNormalization adds up
     * one number after the other, and took up to ten times as long.
     *
     * @param scale null for most norms right before a dense layer, whose kernel does that work
     */
    private record Norm(@Nullable Weight scale, Weight bias) {

        String of(Graph g, String x) {
            return g.op("Add", withoutBias(g, x), g.weight(bias));
        }

        String withoutBias(Graph g, String x) {
            String normal = g.node("InstanceNormalization")
                    .in(x, g.floats(1), g.floats(0))
                    .set("epsilon", EPSILON)
                    .out();
            return scale == null ? normal : g.op("Mul", normal, g.weight(scale));
        }

        /** The norm and the dense layer behind it. */
        String dense(Graph g, MatrixProducts products, String x, Weight kernel) {
            return products.ofShifted(withoutBias(g, x), bias, kernel);
        }
    }

    private String weight(Graph g, String path, long... shape) {
        return g.weight(checkpoint.weight(path, shape));
    }

    private String hidden(Graph g, String x, int number) {
        if (hiddenStates) {
            g.output(x, "hidden." + number, FLOAT, "tokens", 1, config.dModel());
        }
        return x;
    }

    /** The parts of one layer of the encoder or decoder. */
    private final class Layer {
        private final Graph g;
        private final MatrixProducts products;
        private final String prefix;
        private final int index;
        private final int inner;

        /** @param inner width inside the feed-forward net */
        Layer(Graph g, MatrixProducts products, String prefix, int index, int inner) {
            this.g = g;
            this.products = products;
            this.prefix = prefix;
            this.index = index;
            this.inner = inner;
        }

        /** Kernel of a projection of an attention, [width, width]. */
        Weight projection(String module, String name) {
            return kernel(module + name, config.dModel(), config.dModel());
        }

        private Weight kernel(String path, long in, long out) {
            return checkpoint.layerWeight(prefix, index, path + "/kernel", in, out);
        }

        String dense(String x, Weight kernel) {
            return products.of(x, kernel);
        }

        String norm(String x, String name) {
            return norm(name).of(g, x);
        }

        /** A norm and the dense layer behind it. */
        String normedDense(String x, String name, Weight kernel) {
            return norm(name).dense(g, products, x, kernel);
        }

        private Norm norm(String name) {
            boolean scaled = checkpoint.hasLayer(prefix, index, name + "/scale");
            return new Norm(
                    scaled ? checkpoint.layerWeight(prefix, index, name + "/scale") : null,
                    checkpoint.layerWeight(prefix, index, name + "/bias"));
        }

        /** The gated feed-forward net: norm, gelu(gate) * linear, norm, output. */
        String glu(String x) {
            int width = config.dModel();
            List<Weight> gateAndLinear =
                    List.of(kernel(GLU + "Dense_0", width, inner), kernel(GLU + "Dense_1", width, inner));
            String both = normedDense(x, GLU + "LayerNorm_0", Weight.columns(gateAndLinear));
            String[] parts = g.node("Split")
                    .in(both)
                    .set("axis", -1L)
                    .set("num_outputs", 2L)
                    .outs(2);
            String product = g.op("Mul", g.microsoft("Gelu").in(parts[0]).out(), parts[1]);
            return normedDense(product, GLU + "LayerNorm_1", kernel(GLU + "Dense_2", inner, width));
        }
    }
}
