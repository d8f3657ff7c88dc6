package org.dallemini.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.vqgan.ImageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * The image tokens of one image, as a JSON object.
 *
 * @param model name of the model folder, for people; may be absent
 * @param revision of the VQGAN whose codebook the tokens number; if absent it is not compared
 * @param rows height of the token grid
 * @param columns width of the token grid
 * @param tokens rows * columns codebook rows, row by row from the top left
 */
public record TokenFile(@Nullable String model, @Nullable String revision, int rows, int columns, int[] tokens) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    /**
     * Reads JSON.
     *
     * @param source where it comes from, for messages
     * @throws ModelException if it is no token file
     */
    public static TokenFile parse(byte[] json, String source) throws IOException {
        TokenFile file;
        try {
            file = JSON.readValue(json, TokenFile.class);
        } catch (JsonProcessingException e) {
            throw new ModelException(source + " is not what 'tokens encode' prints: " + e.getOriginalMessage(), e);
        }
        if (file == null || file.tokens == null) {
            throw new ModelException(source + " has no tokens; give what 'tokens encode' prints");
        }
        return file;
    }

    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tokens alone, as unsigned 16-bit numbers, little endian. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(2 * tokens.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int token : tokens) {
            if (token >> Short.SIZE != 0) {
                throw new ModelException("token " + token + " does not fit into 16 bits; use JSON");
            }
            bytes.putShort((short) token);
        }
        return bytes.array();
    }

    /**
     * Checks that a decoder can draw these tokens.
     *
     * @param decoderRevision of the decoder's checkpoint
     * @throws ModelException if they are of another VQGAN, of another grid, or not in its codebook
     */
    public void requireFits(ImageDecoder decoder, String decoderRevision, String source) {
        if (revision != null && !revision.equals(decoderRevision)) {
            throw new ModelException(
                    source + " was made with the VQGAN of " + (model == null ? "a model" : model) + ", revision "
                            + revision + ", this one is " + decoderRevision + "; choose the other with --model");
        }
        if (rows != decoder.rows() || columns != decoder.columns() || tokens.length != rows * columns) {
            throw new ModelException(source + " has " + tokens.length + " tokens in " + rows + " rows and " + columns
                    + " columns, the VQGAN decodes " + decoder.rows() + " x " + decoder.columns());
        }
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= decoder.codes()) {
                throw new ModelException(source + ": token " + i + " is " + tokens[i] + "; the codebook has 0 to "
                        + (decoder.codes() - 1));
            }
        }
    }
}
