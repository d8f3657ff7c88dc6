package org.dallemini.dalle.config;

import java.io.IOException;
import java.nio.file.Path;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.UnsupportedModelException;

/**
 * What config.json of a DALL-E BART says of the model. Keys that old checkpoints lack have the defaults of
 * {@code DalleBartConfig} of dalle-mini 0.1.5; unknown keys are ignored.
 *
 * <p>Built here is the architecture of the published models: normformer positions of LayerNorm, gated feed-forward nets
 * with exact gelu, no biases, absolute positions. Every other value of a switch is refused. Whether layers are stacked
 * ({@code use_scan}) is seen from the parameters and not read.
 *
 * @param dModel width of the hidden states
 * @param encoderLayers number of layers
 * @param decoderLayers number of layers
 * @param encoderHeads attention heads; divides dModel
 * @param decoderHeads attention heads; divides dModel
 * @param encoderFfnDim width inside the gated feed-forward net
 * @param decoderFfnDim width inside the gated feed-forward net
 * @param encoderVocabSize number of text tokens
 * @param imageVocabSize number of image tokens; one more can be drawn, see {@link #vocabulary()}
 * @param imageLength image tokens of an image
 * @param maxTextLength text tokens of a prompt, with its start and end
 * @param decoderStartTokenId fed in front of the first image token
 * @param eosTokenId ends an image early when drawn; may lie outside the vocabulary
 * @param padTokenId fills an image that ended early; may lie outside the vocabulary
 * @param normalizeText whether prompts go through the text normaliser
 */
public record BartConfig(
        int dModel,
        int encoderLayers,
        int decoderLayers,
        int encoderHeads,
        int decoderHeads,
        int encoderFfnDim,
        int decoderFfnDim,
        int encoderVocabSize,
        int imageVocabSize,
        int imageLength,
        int maxTextLength,
        int decoderStartTokenId,
        int eosTokenId,
        int padTokenId,
        boolean normalizeText) {
    /** Far above any model; keeps what is computed from the sizes within an int. */
    private static final int MAX_SIZE = 1 << 20;

    private static final int MAX_LAYERS = 1000;

    /** Image tokens travel as 16 bits. */
    private static final int MAX_IMAGE_VOCABULARY = (1 << 16) - 1;

    /** A prompt is at least its start and its end. */
    private static final int MIN_TEXT_LENGTH = 2;

    /**
     * Reads config.json of a checkpoint folder.
     *
     * @throws UnsupportedModelException if a switch differs from the published models; names it
     * @throws ModelException if the file is missing or not JSON, or a value makes no sense
     */
    public static BartConfig read(Path checkpointFolder) throws IOException {
        return readFile(checkpointFolder.resolve(CheckpointFiles.CONFIG));
    }

    /** The same for a file of any name. */
    public static BartConfig readFile(Path path) throws IOException {
        ConfigFile file = ConfigFile.read(path);
        requirePublishedArchitecture(file);
        int imageVocabSize = file.integer("image_vocab_size", 16384, 1, MAX_IMAGE_VOCABULARY);
        BartConfig config = new BartConfig(
                file.integer("d_model", 1024, 1, MAX_SIZE),
                file.integer("encoder_layers", 12, 1, MAX_LAYERS),
                file.integer("decoder_layers", 12, 1, MAX_LAYERS),
                file.integer("encoder_attention_heads", 16, 1, MAX_SIZE),
                file.integer("decoder_attention_heads", 16, 1, MAX_SIZE),
                file.integer("encoder_ffn_dim", 4096, 1, MAX_SIZE),
                file.integer("decoder_ffn_dim", 4096, 1, MAX_SIZE),
                file.integer("encoder_vocab_size", 50264, 1, MAX_SIZE),
                imageVocabSize,
                file.integer("image_length", 256, 1, MAX_SIZE),
                file.integer("max_text_length", 64, MIN_TEXT_LENGTH, MAX_SIZE),
                file.integer("decoder_start_token_id", imageVocabSize, 0, imageVocabSize),
                file.integer("eos_token_id", imageVocabSize, 0, Integer.MAX_VALUE),
                file.integer("pad_token_id", imageVocabSize, 0, Integer.MAX_VALUE),
                file.flag("normalize_text", false));
        requireDivides(file, "encoder_attention_heads", config.encoderHeads, config.dModel);
        requireDivides(file, "decoder_attention_heads", config.decoderHeads, config.dModel);
        return config;
    }

    private static void requirePublishedArchitecture(ConfigFile file) {
        file.only("ln_positions", "normformer");
        file.only("ln_type", "layernorm");
        file.only("use_glu", true);
        file.only("use_bias", false);
        file.only("activation_function", "gelu");
        file.only("use_absolute_position_embeddings", true);
        file.only("use_swin_position_embeddings", false);
        file.only("use_alibi", false);
        file.only("use_cosine_attention", false);
        file.only("use_head_scale", false);
        file.only("use_deepnet_scaling", false);
        file.only("use_final_ln_encoder", true);
        file.only("use_final_ln_decoder", true);
        file.only("force_ln_scale", false);
        file.only("sinkhorn_iters", 1);
        file.only("scale_embedding", false);
        file.only("tie_word_embeddings", false);
    }

    private static void requireDivides(ConfigFile file, String key, int heads, int width) {
        if (width % heads != 0) {
            throw file.invalid(key, heads, "a divisor of d_model = " + width);
        }
    }

    /** Number of logits: the image tokens and the start token. All of them can be drawn, as in the original. */
    public int vocabulary() {
        return imageVocabSize + 1;
    }

    public int decoderHeadSize() {
        return dModel / decoderHeads;
    }
}
