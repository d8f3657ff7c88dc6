package org.dallemini.dalle.testing;

import java.io.IOException;
import org.dallemini.dalle.bart.EncodedText;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.config.BartConfig;

/**
 * The decoder written down plainly, one sequence at a time and without caches, to check the graphs of models that have
 * no golden vectors. Follows section 5 of the description of the checkpoint.
 */
public final class ReferenceDecoder {
    private static final String DECODER = "model/decoder/", LAYER = DECODER + "layers/FlaxBartDecoderLayer";

    private final BartConfig config;
    private final FlaxCheckpoint checkpoint;

    public ReferenceDecoder(BartConfig config, FlaxCheckpoint checkpoint) {
        this.config = config;
        this.checkpoint = checkpoint;
    }

    /** Logits [position][vocabulary] for the tokens fed, of which the first is the start token. */
    public float[][] logits(EncodedText text, int... fed) throws IOException {
        float[][] tokens = matrix(checkpoint.weight(DECODER + "embed_tokens/embedding"));
        float[][] positions = matrix(checkpoint.weight(DECODER + "embed_positions/embedding"));
        float[][] x = new float[fed.length][];
        for (int t = 0; t < fed.length; t++) {
            x[t] = plus(tokens[fed[t]], positions[t]);
        }
        x = norm(x, DECODER + "layernorm_embedding", -1);
        for (int i = 0; i < config.decoderLayers(); i++) {
            float[][] a = norm(x, "LayerNorm_0", i);
            float[][] k = dense(a, "FlaxBartAttention_0/k_proj", i);
            float[][] v = dense(a, "FlaxBartAttention_0/v_proj", i);
            a = attend(dense(a, "FlaxBartAttention_0/q_proj", i), k, v, true);
            x = plus(x, norm(dense(a, "FlaxBartAttention_0/out_proj", i), "LayerNorm_1", i));
            a = dense(norm(x, "LayerNorm_2", i), "FlaxBartAttention_1/q_proj", i);
            a = attend(
                    a,
                    joined(text, text.keys().get(i)),
                    joined(text, text.values().get(i)),
                    false);
            x = plus(x, norm(dense(a, "FlaxBartAttention_1/out_proj", i), "LayerNorm_3", i));
            a = norm(x, "GLU_0/LayerNorm_0", i);
            a = gated(dense(a, "GLU_0/Dense_0", i), dense(a, "GLU_0/Dense_1", i));
            x = plus(x, dense(norm(a, "GLU_0/LayerNorm_1", i), "GLU_0/Dense_2", i));
        }
        return times(norm(x, DECODER + "final_ln", -1), matrix(checkpoint.weight("lm_head/kernel")));
    }

    private float[][] attend(float[][] q, float[][] k, float[][] v, boolean causal) {
        int size = config.decoderHeadSize();
        float[][] out = new float[q.length][config.dModel()];
        for (int t = 0; t < q.length; t++) {
            int keys = causal ? t + 1 : k.length;
            for (int head = 0; head < config.decoderHeads(); head++) {
                double[] weights = new double[keys];
                double sum = 0;
                for (int s = 0; s < keys; s++) {
                    double score = 0;
                    for (int d = head * size; d < (head + 1) * size; d++) {
                        score += q[t][d] * k[s][d];
                    }
                    sum += weights[s] = Math.exp(score / Math.sqrt(size));
                }
                for (int s = 0; s < keys; s++) {
                    for (int d = head * size; d < (head + 1) * size; d++) {
                        out[t][d] += (float) (weights[s] / sum * v[s][d]);
                    }
                }
            }
        }
        return out;
    }

    /** [heads, length, size] to [length][heads * size]. */
    private float[][] joined(EncodedText text, float... heads) {
        int size = config.decoderHeadSize();
        float[][] rows = new float[text.length()][config.dModel()];
        for (int i = 0; i < heads.length; i++) {
            int head = i / (size * text.length());
            rows[i / size % text.length()][head * size + i % size] = heads[i];
        }
        return rows;
    }

    private float[][] dense(float[][] x, String name, int layer) throws IOException {
        return times(x, matrix(checkpoint.layerWeight(LAYER, layer, name + "/kernel")));
    }

    /** @param layer -1 if the name is a whole path */
    private float[][] norm(float[][] x, String name, int layer) throws IOException {
        boolean scaled =
                layer < 0 ? checkpoint.has(name + "/scale") : checkpoint.hasLayer(LAYER, layer, name + "/scale");
        float[] bias = vector(name + "/bias", layer);
        float[] scale = scaled ? vector(name + "/scale", layer) : null;
        float[][] out = new float[x.length][bias.length];
        for (int t = 0; t < x.length; t++) {
            double mean = 0;
            double square = 0;
            for (float v : x[t]) {
                mean += v / bias.length;
                square += (double) v * v / bias.length;
            }
            double factor = 1 / Math.sqrt(square - mean * mean + 1e-5);
            for (int d = 0; d < bias.length; d++) {
                out[t][d] = (float) ((x[t][d] - mean) * factor * (scale == null ? 1 : scale[d]) + bias[d]);
            }
        }
        return out;
    }

    private float[] vector(String name, int layer) throws IOException {
        Weight weight = layer < 0 ? checkpoint.weight(name) : checkpoint.layerWeight(LAYER, layer, name);
        float[] values = new float[(int) weight.shape()[0]];
        weight.read().data().get(0, values);
        return values;
    }

    private static float[][] matrix(Weight weight) throws IOException {
        float[][] rows = new float[(int) weight.shape()[0]][(int) weight.shape()[1]];
        var data = weight.read().data();
        for (int r = 0; r < rows.length; r++) {
            data.get(r * rows[r].length, rows[r]);
        }
        return rows;
    }

    /** gelu(gate) * linear; the error function by its series, which is exact enough for the values that occur. */
    private static float[][] gated(float[][] gate, float[][] linear) {
        float[][] out = new float[gate.length][gate[0].length];
        for (int t = 0; t < out.length; t++) {
            for (int d = 0; d < out[t].length; d++) {
                out[t][d] = (float) (gate[t][d] * (1 + erf(gate[t][d] / Math.sqrt(2))) / 2 * linear[t][d]);
            }
        }
        return out;
    }

    private static double erf(double x) {
        if (Math.abs(x) > 5) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return sum * 2 / Math.sqrt(Math.PI);
    }

    private static float[][] times(float[][] x, float[][] kernel) {
        float[][] out = new float[x.length][kernel[0].length];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < kernel.length; i++) {
                for (int o = 0; o < kernel[i].length; o++) {
                    out[t][o] += x[t][i] * kernel[i][o];
                }
            }
        }
        return out;
    }

    private static float[][] plus(float[][] a, float[][] b) {
        float[][] sum = new float[a.length][];
        for (int t = 0; t < a.length; t++) {
            sum[t] = plus(a[t], b[t]);
        }
        return sum;
    }

    private static float[] plus(float[] a, float[] b) {
        float[] sum = new float[a.length];
        for (int d = 0; d < a.length; d++) {
            sum[d] = a[d] + b[d];
        }
        return sum;
    }
}
