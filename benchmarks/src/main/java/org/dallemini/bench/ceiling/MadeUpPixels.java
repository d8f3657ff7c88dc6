package org.dallemini.bench.ceiling;

import java.util.Arrays;
import org.dallemini.bench.common.TestPictures;
import org.dallemini.dalle.vqgan.ImageDecoder;
import org.dallemini.dalle.vqgan.RgbImage;

/** A few pictures in place of a VQGAN: slopes with noise, whose PNG files take about as much as those of real ones. */
final class MadeUpPixels implements ImageDecoder {
    private static final int SIDE = 16, CODES = 16_384, SIZE = 256, NOISE = 8;

    private final RgbImage[] pictures = new RgbImage[16];

    MadeUpPixels() {
        Arrays.setAll(pictures, i -> new RgbImage(SIZE, SIZE, TestPictures.slope(i, SIZE, NOISE)));
    }

    @Override
    public int rows() {
        return SIDE;
    }

    @Override
    public int columns() {
        return SIDE;
    }

    @Override
    public int codes() {
        return CODES;
    }

    @Override
    public RgbImage decode(int[] tokens) {
        return pictures[tokens[0] % pictures.length];
    }

    @Override
    public void close() {
        // nothing is held
    }
}
