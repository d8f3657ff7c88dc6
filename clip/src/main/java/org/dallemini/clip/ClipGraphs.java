package org.dallemini.clip;

import static org.dallemini.dalle.onnx.Graph.FLOAT;
import static org.dallemini.dalle.onnx.Graph.INT64;

import java.nio.FloatBuffer;
import java.util.List;
import org.dallemini.clip.ClipConfig.Tower;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.onnx.Graph;

/** The ONNX graphs of a CLIP: its two towers, as transformers' {@code modeling_flax_clip.py} computes them. */
final class ClipGraphs {
    static final String TEXT = "clip-text", VISION = "clip-vision";
    static final String EMBEDDING = "embedding", SCALE = "scale";

    private static final int CHANNELS = 3;

    private final ClipConfig config;
    private final FlaxCheckpoint checkpoint;

    ClipGraphs(ClipConfig config, FlaxCheckpoint checkpoint) {
        this.config = config;
        this.checkpoint = checkpoint;
    }

    /**
     * {@code input_ids} int64 [1, S], start and end among them, to {@code embedding} [1, projection], of any length,
     * and {@code scale} [1], by which cosines become logits.
     */
    Graph text() {
        Graph g = new Graph(TEXT);
        Tower tower = config.text();
        String prefix = "text_model/";
        String ids = g.input("input_ids", INT64, 1, "S");
        String length = g.node("Shape").in(ids).set("start", 1L).set("end", 2L).out();
        String positions = g.op(
                "Slice",
                weight(g, prefix + "embeddings/position_embedding/embedding", config.textLength(), tower.width()),
                g.longs(0),
                length,
                g.longs(0));
        String tokens = g.op(
                "Gather",
                weight(g, prefix + "embeddings/token_embedding/embedding", config.vocabulary(), tower.width()),
                ids);
        String x = layers(g, g.op("Add", tokens, positions), prefix, tower, true);
        x = norm(g, x, prefix + "final_layer_norm", tower);
        // The end has the highest id of all: its state has seen the whole text.
        String end =
                g.node("ArgMax").in(ids).set("axis", 1L).set("keepdims", 0L).out();
        String pooled = g.node("Gather").in(x, end).set("axis", 1L).out();
        project(g, pooled, tower, "text_projection/kernel");
        Weight scale = checkpoint.weight("logit_scale", new long[0]);
        String exp = g.op(
                "Exp", g.weight(new Weight(new long[] {1}, () -> scale.read().reshape(1))));
        g.output(exp, SCALE, FLOAT, 1);
        return g;
    }

    /** {@code pixels} float [1, H, W, 3], normalized, to {@code embedding} [1, projection], of any length. */
    Graph vision() {
        Graph g = new Graph(VISION);
        Tower tower = config.vision();
        String prefix = "vision_model/";
        int patch = config.patchSize();
        String pixels = g.input("pixels", FLOAT, 1, config.imageSize(), config.imageSize(), CHANNELS);
        String kernel = g.weight(checkpoint
                .weight(prefix + "embeddings/patch_embedding/kernel", patch, patch, CHANNELS, tower.width())
                .hwioToOihw());
        String patches = g.node("Conv")
                .in(g.node("Transpose").in(pixels).set("perm", 0, 3, 1, 2).out(), kernel)
                .set("strides", patch, patch)
                .out();
        String rows = g.node("Transpose")
                .in(g.op("Reshape", patches, g.longs(1, tower.width(), -1)))
                .set("perm", 0, 2, 1)
                .out();
        Weight token = checkpoint.weight(prefix + "embeddings/class_embedding", tower.width());
        String first = g.weight(
                new Weight(new long[] {1, 1, tower.width()}, () -> token.read().reshape(1, 1, tower.width())));
        String all = g.node("Concat").in(first, rows).set("axis", 1L).out();
        String positions =
                weight(g, prefix + "embeddings/position_embedding/embedding", config.patches() + 1, tower.width());
        String x = norm(g, g.op("Add", all, positions), prefix + "pre_layrnorm", tower); // so it is spelled
        x = layers(g, x, prefix, tower, false);
        String pooled = g.node("Gather").in(x, g.longs(0)).set("axis", 1L).out();
        project(g, norm(g, pooled, prefix + "post_layernorm", tower), tower, "visual_projection/kernel");
        return g;
    }

    private void project(Graph g, String pooled, Tower tower, String kernel) {
        String state = g.op("Reshape", pooled, g.longs(1, tower.width()));
        g.output(
                g.op("MatMul", state, weight(g, kernel, tower.width(), config.projection())),
                EMBEDDING,
                FLOAT,
                1,
                config.projection());
    }

    private String layers(Graph g, String embedded, String prefix, Tower tower, boolean causal) {
        String x = embedded;
        for (int i = 0; i < tower.layers(); i++) {
            String layer = prefix + "encoder/layers/" + i + "/";
            x = g.op(
                    "Add",
                    x,
                    attention(g, norm(g, x, layer + "layer_norm1", tower), layer + "self_attn/", tower, causal));
            String wide = dense(
                    g, norm(g, x, layer + "layer_norm2", tower), layer + "mlp/fc1/", tower.width(), tower.hidden());
            String active = tower.activation().equals("QuickGelu")
                    ? g.microsoft("QuickGelu").in(wide).set("alpha", 1.702f).out()
                    : g.microsoft(tower.activation()).in(wide).out();
            x = g.op("Add", x, dense(g, active, layer + "mlp/fc2/", tower.hidden(), tower.width()));
        }
        return x;
    }

    private String attention(Graph g, String x, String prefix, Tower tower, boolean causal) {
        int width = tower.width();
        List<String> names = List.of("q_proj", "k_proj", "v_proj");
        String kernels = g.weight(Weight.columns(names.stream()
                .map(name -> checkpoint.weight(prefix + name + "/kernel", width, width))
                .toList()));
        List<Weight> parts = names.stream()
                .map(name -> checkpoint.weight(prefix + name + "/bias", width))
                .toList();
        String biases = g.weight(new Weight(new long[] {3L * width}, () -> {
            Tensor joined = Tensor.allocate(3L * width);
            FloatBuffer to = joined.data();
            for (int i = 0; i < parts.size(); i++) {
                to.put(i * width, parts.get(i).read().data(), 0, width);
            }
            return joined;
        }));
        String attended = g.microsoft("Attention")
                .in(x, kernels, biases)
                .set("num_heads", tower.heads())
                .set("unidirectional", causal ? 1L : 0L)
                .out();
        return dense(g, attended, prefix + "out_proj/", width, width);
    }

    private String dense(Graph g, String x, String prefix, int in, int out) {
        return g.op("Add", g.op("MatMul", x, weight(g, prefix + "kernel", in, out)), weight(g, prefix + "bias", out));
    }

    private String norm(Graph g, String x, String prefix, Tower tower) {
        return g.node("LayerNormalization")
                .in(x, weight(g, prefix + "/scale", tower.width()), weight(g, prefix + "/bias", tower.width()))
                .set("axis", -1L)
                .set("epsilon", tower.epsilon())
                .out();
    }

    private String weight(Graph g, String name, long... shape) {
        return g.weight(checkpoint.weight(name, shape));
    }
}
