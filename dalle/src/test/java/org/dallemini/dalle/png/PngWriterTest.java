package org.dallemini.dalle.png;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.dallemini.dalle.vqgan.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PngWriterTest {
    private static final int WIDTH = 13, HEIGHT = 7;

    /** Pictures that make each of the filters the best for some rows, at sizes that are not the same both ways. */
    static Stream<Arguments> pictures() {
        byte[] noise = new byte[3 * WIDTH * HEIGHT];
        new Random(1).nextBytes(noise);
        return Stream.of(
                Arguments.of("black", WIDTH, HEIGHT, new byte[3 * WIDTH * HEIGHT]),
                Arguments.of("noise", WIDTH, HEIGHT, noise),
                Arguments.of("slope", WIDTH, HEIGHT, picture(WIDTH, HEIGHT, (x, y) -> 5 * x + 9 * y)),
                Arguments.of("stripes", WIDTH, HEIGHT, picture(WIDTH, HEIGHT, (x, y) -> 255 * (x % 2))),
                Arguments.of("bowl", WIDTH, HEIGHT, picture(WIDTH, HEIGHT, (x, y) -> x * x + y * y)),
                Arguments.of("one pixel", 1, 1, new byte[] {1, (byte) 128, (byte) 255}),
                Arguments.of("large", 256, 256, picture(256, 256, (x, y) -> (x * y) >> 5)),
                Arguments.of("grain", 256, 256, grain()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pictures")
    void shouldKeepEveryPixel(String name, int width, int height, byte[] rgb) throws Exception {
        // When
        byte[] png = PngWriter.write(new RgbImage(width, height, rgb), List.of());

        // Then
        assertThat(pixels(png, width, height)).as(name).isEqualTo(rgb);
        assertThat(PngChunks.read(png))
                .extracting(PngChunks.Chunk::type)
                .containsExactly("IHDR", "sRGB", "IDAT", "IEND");
    }

    /** A slope with noise, as photographs have. */
    private static byte[] grain() {
        Random random = new Random(3);
        return picture(256, 256, (x, y) -> (x + y) / 4 + random.nextInt(17));
    }

    @Test
    void shouldKeepFilesSmall() {
        // Given
        byte[] shapes = picture(256, 256, (x, y) -> x / 32 + y / 32 & 1);

        // Then: repetition is found where there is some, and grain costs no more than what it tells, 4 bits a value
        assertThat(PngWriter.write(new RgbImage(256, 256, shapes), List.of())).hasSizeLessThan(2_000);
        assertThat(PngWriter.write(new RgbImage(256, 256, grain()), List.of())).hasSizeLessThan(125_000);
    }

    @Test
    void shouldWriteTextsThatOthersRead() throws Exception {
        // Given
        PngText ascii = new PngText("Description", "a red circle");
        PngText unicode = new PngText("Comment", "café 😀");

        // When
        byte[] png = PngWriter.write(new RgbImage(1, 1, new byte[3]), List.of(ascii, unicode));

        // Then
        assertThat(PngChunks.imageIoTexts(png))
                .containsEntry("Description", "a red circle")
                .containsEntry("Comment", "café 😀");
        assertThat(PngChunks.read(png))
                .extracting(PngChunks.Chunk::type)
                .containsExactly("IHDR", "sRGB", "tEXt", "iTXt", "IDAT", "IEND");
    }

    @Test
    void shouldWriteTheSameBytesAgain() {
        // Given
        byte[] noise = new byte[3 * 64 * 64];
        new Random(2).nextBytes(noise);
        List<PngText> texts = List.of(new PngText("Description", "same"));

        // When
        byte[] once = PngWriter.write(new RgbImage(64, 64, noise), texts);
        byte[] again = PngWriter.write(new RgbImage(64, 64, noise.clone()), List.copyOf(texts));

        // Then
        assertThat(again).isEqualTo(once);
    }

    @Test
    void shouldRefusePixelsThatDoNotFillTheImage() {
        assertThatThrownBy(() -> PngWriter.write(new RgbImage(2, 2, new byte[11]), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("11 bytes are not the RGB pixels of an image of 2 x 2");
    }

    @ParameterizedTest
    @MethodSource
    void shouldRefuseKeywordsThatPngForbids(String keyword) {
        assertThatThrownBy(() -> new PngText(keyword, "")).isInstanceOf(IllegalArgumentException.class);
    }

    static Stream<String> shouldRefuseKeywordsThatPngForbids() {
        return Stream.of("", " a", "a ", "a  b", "a\0b", "é", "k".repeat(80));
    }

    @Test
    void shouldReplaceWhatNeitherPngNorXmlCanHold() {
        // Given
        String hostile = "a\0b\u001Bc\uD800d\uDC00e\uFFFEf\r\ng\rh\ti😀";

        // When
        String clean = new PngText("Comment", hostile).text();

        // Then
        assertThat(clean).isEqualTo("a�b�c�d�e�f\ng\nh\ti😀");
    }

    private interface Level {
        int at(int x, int y);
    }

    private static byte[] picture(int width, int height, Level level) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (level.at(i / 3 % width, i / 3 / width) + 40 * (i % 3));
        }
        return rgb;
    }

    private static byte[] pixels(byte[] png, int width, int height) throws Exception {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(image.getWidth()).isEqualTo(width);
        assertThat(image.getHeight()).isEqualTo(height);
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            int pixel = image.getRGB(i / 3 % width, i / 3 / width);
            rgb[i] = (byte) (pixel >> (16 - 8 * (i % 3)));
        }
        return rgb;
    }
}
