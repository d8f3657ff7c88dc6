package org.dallemini.dalle.vqgan;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.awt.image.BufferedImage;

/** Whatever the file: pixels, or an UnusableException, and nothing is decoded that says it is too large. */
class PicturesFuzzTest {
    private static final int MAX_PIXELS = 128 * 128;

    @FuzzTest
    void shouldReadPictureOrRefuseIt(byte[] file) {
        try {
            BufferedImage picture = Pictures.read(file, MAX_PIXELS);
            assertThat(picture.getWidth() * (long) picture.getHeight()).isBetween(1L, (long) MAX_PIXELS);
            RgbImage square = Pictures.pixels(Pictures.square(picture, 16));
            assertThat(square.rgb()).hasSize(3 * 16 * 16);
        } catch (Pictures.UnusableException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
