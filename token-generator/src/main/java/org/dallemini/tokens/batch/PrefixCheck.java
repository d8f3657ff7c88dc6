package org.dallemini.tokens.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRedraw;
import org.dallemini.schemas.Prefixes;
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
     * The tokens that are given, with {@link TokenRequest#DRAWN} in the place of others.
     *
     * @param prefix null for none
     * @param redraw null unless the prefix is a picture of which parts are drawn again
     * @param seed of the image
     * @param picture tokens of the whole picture, if the prefix is one; those that a mask takes away are {@code DRAWN}
     * @throws RejectedRecordException if the prefix makes no sense or does not fit the model
     */
    int[] resolve(@Nullable ImagePrefix prefix, @Nullable ImageRedraw redraw, long seed, int... picture)
            throws RejectedRecordException {
        if (prefix == null) {
            return NONE;
        }
        ByteBuffer tokens = prefix.getTokens();
        if ((tokens == null) == (prefix.getPicture() == null)) {
            throw invalid("prefix must be either tokens or a picture");
        }
        if (tokens != null) {
            return checked(read(tokens));
        }
        return checked(redraw == null ? firstRows(picture, prefix.getRows()) : kept(picture, redraw, seed));
    }

    private static int[] kept(int[] picture, ImageRedraw redraw, long seed) throws RejectedRecordException {
        Float strength = redraw.getStrength();
        if (strength == null) {
            return picture;
        }
        if (!(strength > 0 && strength < 1)) {
            throw invalid("redraw.strength is " + strength + ", allowed is above 0 and below 1");
        }
        List<Integer> cells =
                new ArrayList<>(IntStream.range(0, picture.length).boxed().toList());
        Collections.shuffle(cells, new Random(seed));
        int again = Math.min(picture.length - 1, Math.max(1, Math.round(strength * picture.length)));
        int[] kept = picture.clone();
        for (int cell : cells.subList(0, again)) {
            kept[cell] = TokenRequest.DRAWN;
        }
        return kept;
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
            int token = Short.toUnsignedInt(bytes.getShort());
            read[i] = token == Prefixes.DRAWN ? TokenRequest.DRAWN : token;
        }
        return read;
    }

    private int[] checked(int... tokens) throws RejectedRecordException {
        int length = side * side;
        long given = Arrays.stream(tokens)
                .filter(token -> token != TokenRequest.DRAWN)
                .count();
        if (given == 0 || given == length || tokens.length > length) {
            throw invalid("prefix has " + given + (given == tokens.length ? "" : " given of " + tokens.length)
                    + " tokens; the model's images have " + length
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
