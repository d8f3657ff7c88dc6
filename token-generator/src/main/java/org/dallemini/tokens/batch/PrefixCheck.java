package org.dallemini.tokens.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.events.ImagePrefix;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.jspecify.annotations.Nullable;

/**
 * Resolves what images begin with, and checks it against the model.
 *
 * @param side rows and columns of the token grid
 * @param codes number of tokens that an image may be made of: 0 to codes - 1
 */
record PrefixCheck(int side, int codes) {
    private static final int[] NONE = {};

    static PrefixCheck of(BartConfig config, int side) {
        // The start token has a place in the vocabulary, mostly behind the image tokens.
        return new PrefixCheck(side, Math.min(config.imageVocabSize(), config.decoderStartTokenId()));
    }

    /**
     * The tokens of a prefix.
     *
     * @param prefix null for none
     * @param picture tokens of the whole picture, if the prefix is one
     * @throws RejectedRecordException if the prefix makes no sense or does not fit the model
     */
    int[] resolve(@Nullable ImagePrefix prefix, int... picture) throws RejectedRecordException {
        if (prefix == null) {
            return NONE;
        }
        ByteBuffer tokens = prefix.getTokens();
        if ((tokens == null) == (prefix.getPicture() == null)) {
            throw invalid("prefix must be either tokens or a picture");
        }
        return checked(tokens == null ? firstRows(picture, prefix.getRows()) : read(tokens));
    }

    private int[] firstRows(int[] picture, @Nullable Integer rows) throws RejectedRecordException {
        if (rows == null || rows < 1 || rows >= side) {
            throw invalid("prefix.rows is " + rows + "; the model's images have " + side + " rows of tokens, keep 1 to "
                    + (side - 1) + " of the picture");
        }
        return Arrays.copyOf(picture, rows * side);
    }

    private static int[] read(ByteBuffer tokens) throws RejectedRecordException {
        if (tokens.remaining() % Short.BYTES != 0) {
            throw invalid("prefix.tokens has " + tokens.remaining() + " bytes; a token takes two");
        }
        ByteBuffer bytes = tokens.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int[] read = new int[bytes.remaining() / Short.BYTES];
        for (int i = 0; i < read.length; i++) {
            read[i] = Short.toUnsignedInt(bytes.getShort());
        }
        return read;
    }

    private int[] checked(int... tokens) throws RejectedRecordException {
        int length = side * side;
        if (tokens.length == 0 || tokens.length >= length) {
            throw invalid("prefix has " + tokens.length + " tokens; the model's images have " + length
                    + ", give at least one and leave at least one to draw");
        }
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] >= codes) {
                throw invalid("prefix: token " + i + " is " + tokens[i] + "; the model's codebook has 0 to "
                        + (codes - 1) + ", take tokens that were made with this model");
            }
        }
        return tokens;
    }

    private static RejectedRecordException invalid(String problem) {
        return new RejectedRecordException(ErrorCode.INVALID_PREFIX, problem);
    }
}
