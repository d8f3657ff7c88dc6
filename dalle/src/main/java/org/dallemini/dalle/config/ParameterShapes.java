package org.dallemini.dalle.config;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Every parameter of a model of some configuration with its shape, under the names that Flax gives them in the modules
 * of dalle-mini 0.1.5 and vqgan-jax. Kernels are [in, out] and [height, width, in, out].
 */
public final class ParameterShapes {
    private final SortedMap<String, long[]> shapes = new TreeMap<>();

    private ParameterShapes() {}

    /**
     * Parameters of a DALL-E BART.
     *
     * @param stacked whether the layers lie in one array each, with a first axis of layers, as in the published files
     */
    public static SortedMap<String, long[]> of(BartConfig config, boolean stacked) {
        ParameterShapes parameters = new ParameterShapes();
        int d = config.dModel();
        parameters.tower("model/encoder/", d, config.encoderVocabSize(), config.maxTextLength());
        parameters.tower("model/decoder/", d, config.vocabulary(), config.imageLength());
        for (int i = 0; i < (stacked ? 1 : config.encoderLayers()); i++) {
            String layer = "model/encoder/layers/FlaxBartEncoderLayer" + (stacked ? "s/" : "_" + i + "/");
            long[] layers = stacked ? new long[] {config.encoderLayers()} : new long[0];
            parameters.layer(layer, layers, d, config.encoderFfnDim(), 1);
        }
        for (int i = 0; i < (stacked ? 1 : config.decoderLayers()); i++) {
            String layer = "model/decoder/layers/FlaxBartDecoderLayer" + (stacked ? "s/" : "_" + i + "/");
            long[] layers = stacked ? new long[] {config.decoderLayers()} : new long[0];
            parameters.layer(layer, layers, d, config.decoderFfnDim(), 2);
        }
        parameters.put("lm_head/kernel", d, config.vocabulary());
        return parameters.shapes;
    }

    /** What encoder and decoder have outside their layers. */
    private void tower(String prefix, int d, int vocabulary, int positions) {
        put(prefix + "embed_tokens/embedding", vocabulary, d);
        put(prefix + "embed_positions/embedding", positions, d);
        norm(prefix + "layernorm_embedding", d);
        put(prefix + "final_ln/bias", d);
    }

    /**
     * One layer, or all of them stacked. Each attention has a norm before it, without scale since its dense layers have
     * one, and a full norm after it.
     */
    private void layer(String prefix, long[] layers, int d, int ffn, int attentions) {
        for (int i = 0; i < attentions; i++) {
            for (String name : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
                put(prefix + "FlaxBartAttention_" + i + "/" + name + "/kernel", prepend(layers, d, d));
            }
            put(prefix + "LayerNorm_" + 2 * i + "/bias", prepend(layers, d));
            put(prefix + "LayerNorm_" + (2 * i + 1) + "/bias", prepend(layers, d));
            put(prefix + "LayerNorm_" + (2 * i + 1) + "/scale", prepend(layers, d));
        }
        put(prefix + "GLU_0/LayerNorm_0/bias", prepend(layers, d));
        put(prefix + "GLU_0/Dense_0/kernel", prepend(layers, d, ffn));
        put(prefix + "GLU_0/Dense_1/kernel", prepend(layers, d, ffn));
        put(prefix + "GLU_0/LayerNorm_1/bias", prepend(layers, ffn));
        put(prefix + "GLU_0/Dense_2/kernel", prepend(layers, ffn, d));
    }

    private static long[] prepend(long[] layers, long... shape) {
        long[] all = new long[layers.length + shape.length];
        System.arraycopy(layers, 0, all, 0, layers.length);
        System.arraycopy(shape, 0, all, layers.length, shape.length);
        return all;
    }

    /** Parameters of a VQGAN, encoder included. */
    public static SortedMap<String, long[]> of(VqganConfig config) {
        ParameterShapes parameters = new ParameterShapes();
        int levels = config.levels();
        int deepest = channels(config, levels - 1);
        parameters.conv("encoder/conv_in", 3, config.inChannels(), config.ch());
        int in = config.ch();
        for (int level = 0; level < levels; level++) {
            String prefix = "encoder/down_" + level + "/";
            parameters.level(prefix, config, level, in, config.numResBlocks());
            in = channels(config, level);
            if (config.resampWithConv() && level < levels - 1) {
                parameters.conv(prefix + "downsample/conv", 3, in, in);
            }
        }
        parameters.middle("encoder/", deepest);
        parameters.norm("encoder/norm_out", deepest);
        parameters.conv("encoder/conv_out", 3, deepest, config.zChannels());
        parameters.conv("quant_conv", 1, config.zChannels(), config.embedDim());

        parameters.put("quantize/embedding/embedding", config.nEmbed(), config.embedDim());

        parameters.conv("post_quant_conv", 1, config.embedDim(), config.zChannels());
        parameters.conv("decoder/conv_in", 3, config.zChannels(), deepest);
        parameters.middle("decoder/", deepest);
        in = deepest;
        for (int level = levels - 1; level >= 0; level--) {
            String prefix = "decoder/up_" + level + "/";
            parameters.level(prefix, config, level, in, config.numResBlocks() + 1);
            in = channels(config, level);
            if (config.resampWithConv() && level > 0) {
                parameters.conv(prefix + "upsample/conv", 3, in, in);
            }
        }
        parameters.norm("decoder/norm_out", in);
        parameters.conv("decoder/conv_out", 3, in, config.outCh());
        return parameters.shapes;
    }

    private static int channels(VqganConfig config, int level) {
        return config.ch() * config.chMult().get(level);
    }

    private void level(String prefix, VqganConfig config, int level, int in, int blocks) {
        int out = channels(config, level);
        for (int i = 0; i < blocks; i++) {
            block(prefix + "block_" + i, i == 0 ? in : out, out);
            if (config.attnResolutions().contains(config.resolution() >> level)) {
                attention(prefix + "attn_" + i, out);
            }
        }
    }

    private void middle(String prefix, int channels) {
        block(prefix + "mid/block_1", channels, channels);
        attention(prefix + "mid/attn_1", channels);
        block(prefix + "mid/block_2", channels, channels);
    }

    private void block(String prefix, int in, int out) {
        norm(prefix + "/norm1", in);
        conv(prefix + "/conv1", 3, in, out);
        norm(prefix + "/norm2", out);
        conv(prefix + "/conv2", 3, out, out);
        if (in != out) {
            conv(prefix + "/nin_shortcut", 1, in, out);
        }
    }

    private void attention(String prefix, int channels) {
        norm(prefix + "/norm", channels);
        for (String name : new String[] {"q", "k", "v", "proj_out"}) {
            conv(prefix + "/" + name, 1, channels, channels);
        }
    }

    private void conv(String path, int size, int in, int out) {
        put(path + "/kernel", size, size, in, out);
        put(path + "/bias", out);
    }

    private void norm(String path, int channels) {
        put(path + "/scale", channels);
        put(path + "/bias", channels);
    }

    private void put(String path, long... shape) {
        shapes.put(path, shape);
    }
}
