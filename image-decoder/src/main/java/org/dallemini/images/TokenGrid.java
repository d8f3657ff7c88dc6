package org.dallemini.images;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.dallemini.dalle.vqgan.ImageDecoder;
import org.dallemini.events.ImageTokens;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;

/** Reads the image tokens of a record. */
public final class TokenGrid {
    private TokenGrid() {}

    /**
     * The tokens, row by row.
     *
     * @throws RejectedRecordException if they do not fill their own grid, or this is not the decoder's
     */
    public static int[] read(ImageTokens record, ImageDecoder decoder) throws RejectedRecordException {
        String image = "image " + record.getRequest().getImageId();
        int rows = record.getRows();
        int columns = record.getColumns();
        ByteBuffer bytes = record.getTokens();
        if (rows < 1 || columns < 1 || bytes.remaining() != (long) Short.BYTES * rows * columns) {
            throw new RejectedRecordException(
                    ErrorCode.INVALID_RECORD,
                    "%s: %d bytes of tokens do not fill a grid of %d rows and %d columns with 2 bytes each; correct the producer"
                            .formatted(image, bytes.remaining(), rows, columns));
        }
        if (rows != decoder.rows() || columns != decoder.columns()) {
            throw new RejectedRecordException(
                    ErrorCode.MODEL_MISMATCH,
                    "%s: the model %s drew %d rows and %d columns of tokens, this VQGAN decodes %d and %d; run the decoder with the VQGAN that belongs to it"
                            .formatted(
                                    image,
                                    record.getModel().getName(),
                                    rows,
                                    columns,
                                    decoder.rows(),
                                    decoder.columns()));
        }
        return tokens(bytes);
    }

    /** Tokens as records have them: unsigned 16-bit integers, little endian. */
    static int[] tokens(ByteBuffer bytes) {
        ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int[] tokens = new int[in.remaining() / Short.BYTES];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = Short.toUnsignedInt(in.getShort());
        }
        return tokens;
    }
}
