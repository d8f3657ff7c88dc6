package org.dallemini.tokens.batch;

import java.awt.image.BufferedImage;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;

/** The transparent parts of a picture, which are drawn again. */
final class PictureMask {
    private PictureMask() {}

    /**
     * Takes those tokens away whose cell of the grid has a transparent pixel. The middle is cut out as a square, as of
     * the picture itself.
     *
     * @param mask a PNG file
     * @param tokens of the picture, of a square grid
     * @return with {@link TokenRequest#DRAWN} in their places
     * @throws RejectedRecordException if it cannot be read
     */
    static int[] apply(byte[] mask, int... tokens) throws RejectedRecordException {
        BufferedImage picture;
        try {
            picture = Pictures.read(mask, Pictures.MAX_PIXELS);
        } catch (Pictures.UnusableException e) {
            throw new RejectedRecordException(ErrorCode.INVALID_PREFIX, "redraw.mask: " + e.getMessage(), e);
        }
        int grid = (int) Math.round(Math.sqrt(tokens.length));
        boolean[] transparent = Pictures.transparentCells(picture, grid);
        int[] kept = tokens.clone();
        for (int i = 0; i < kept.length; i++) {
            if (transparent[i]) {
                kept[i] = TokenRequest.DRAWN;
            }
        }
        return kept;
    }
}
