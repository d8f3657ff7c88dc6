package org.dallemini.tokens.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.testing.TestModels;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.VqganEncoder;
import org.dallemini.filter.ImageFilter;
import org.dallemini.filter.testing.Redness;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VqganPicturesTest {
    private static final Path VQGAN = TestModels.shapes().resolveSibling("vqgan");
    private static final int IMAGE_LENGTH = 64;

    private final Redness redness = new Redness();

    @TempDir
    Path folder;

    @Test
    void shouldCutScaleAndEncode() throws Exception {
        // Given
        BufferedImage picture = circle(300, 200);
        int[] expected;
        try (VqganEncoder encoder = VqganEncoder.open(VQGAN, cache(), TestModels.SESSIONS)) {
            expected = encoder.encode(Pictures.pixels(Pictures.square(picture, encoder.resolution())));
        }

        // When, Then: a JPEG is near enough to be mostly the same
        try (PictureEncoder pictures = pictures(VQGAN)) {
            byte[] png = file(picture, "png");
            assertThat(pictures.encode(png)).containsExactly(expected);
            assertThat(pictures.encode(png)).containsExactly(expected);
            int[] ofJpeg = pictures.encode(file(picture, "jpg"));
            assertThat(IntStream.range(0, IMAGE_LENGTH).filter(i -> ofJpeg[i] == expected[i]))
                    .hasSizeGreaterThan(IMAGE_LENGTH / 2);
        }
    }

    @Test
    void shouldSayWhatIsWrongWithAPicture() throws Exception {
        byte[] png = file(circle(64, 64), "png");
        try (PictureEncoder pictures = pictures(VQGAN)) {
            assertThatThrownBy(() -> pictures.encode(Arrays.copyOf(png, png.length / 2)))
                    .isInstanceOfSatisfying(RejectedRecordException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.INVALID_PREFIX))
                    .hasMessageContaining("damaged");
        }
        assertThat(Files.list(folder)).as("nothing was prepared for it").isEmpty();
    }

    @Test
    void shouldRefuseAPictureThatTheFilterRefusesInWhateverFileItComes() throws Exception {
        BufferedImage red = circle(64, 64);
        red.createGraphics().fillRect(0, 0, 16, 16); // white is red too
        try (PictureEncoder pictures = pictures(VQGAN)) {
            for (String format : List.of("png", "jpg")) {
                byte[] file = file(red, format);
                for (int i = 0; i < 2; i++) { // nothing is remembered of it
                    assertThatThrownBy(() -> pictures.encode(file))
                            .isInstanceOfSatisfying(RejectedRecordException.class, e -> assertThat(e.code())
                                    .isEqualTo(ErrorCode.CONTENT_POLICY))
                            .hasMessageContaining("prefix: the picture");
                }
            }
        }
        assertThat(redness.isClosed()).isTrue();
    }

    @Test
    void shouldNotTakeAPictureThatCannotBeJudged() throws Exception {
        redness.setBroken(true);
        byte[] png = file(circle(64, 64), "png");
        try (PictureEncoder pictures = pictures(VQGAN)) {
            assertThatThrownBy(() -> pictures.encode(png)).hasMessage("broken");
            assertThat(pictures.works()).isFalse();
            redness.setBroken(false);
            assertThat(pictures.works()).isTrue();
            assertThat(pictures.encode(png)).hasSize(IMAGE_LENGTH);
        }
    }

    @Test
    void shouldMissTheVqganOnlyWhenAPictureComes() throws Exception {
        byte[] png = file(circle(64, 64), "png");
        try (PictureEncoder pictures = pictures(folder.resolve("vqgan"))) {
            assertThatThrownBy(() -> pictures.encode(png))
                    .isInstanceOfSatisfying(RejectedRecordException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.MODEL_MISMATCH))
                    .hasMessageContaining("no VQGAN")
                    .hasMessageContaining(folder.resolve("vqgan").toString());
        }
    }

    @Test
    void shouldRefuseTheVqganOfAnotherModel() throws Exception {
        byte[] png = file(circle(64, 64), "png");
        try (PictureEncoder pictures = new VqganPictures(VQGAN, cache(), TestModels.SESSIONS, 256, ImageFilter::off)) {
            assertThatThrownBy(() -> pictures.encode(png))
                    .isInstanceOfSatisfying(RejectedRecordException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.MODEL_MISMATCH))
                    .hasMessageContaining("64 tokens")
                    .hasMessageContaining("256");
        }
    }

    private PictureEncoder pictures(Path vqgan) {
        return new VqganPictures(
                vqgan,
                cache(),
                TestModels.SESSIONS,
                IMAGE_LENGTH,
                () -> redness.filter(Map.of(), new SimpleMeterRegistry()));
    }

    private ModelCache cache() {
        return new ModelCache(folder.resolve("cache"));
    }

    private static byte[] file(BufferedImage picture, String format) throws IOException {
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(picture, format, bytes);
        return bytes.toByteArray();
    }

    /** What the model knows: a red circle on blue. */
    private static BufferedImage circle(int width, int height) {
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean inside = Math.hypot(x - width / 2.0, y - height / 2.0) < height / 4.0;
                picture.setRGB(x, y, inside ? 0xD02020 : 0x2040C0);
            }
        }
        return picture;
    }
}
