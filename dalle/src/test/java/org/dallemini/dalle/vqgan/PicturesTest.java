package org.dallemini.dalle.vqgan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.dallemini.dalle.png.PngWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PicturesTest {
    private static final long SEED = 7;

    /** Where the width lies in a PNG file, behind signature, length and type of the first chunk. */
    private static final int IHDR = 8 + 4 + 4;

    @Test
    void shouldReadPng() throws Exception {
        // Given
        BufferedImage picture = noise(BufferedImage.TYPE_INT_RGB);

        // When
        BufferedImage read = Pictures.read(file(picture, "png"), Pictures.MAX_PIXELS);

        // Then
        assertThat(Pictures.pixels(read).rgb())
                .isEqualTo(Pictures.pixels(picture).rgb());
    }

    @Test
    void shouldReadJpeg() throws Exception {
        // When
        BufferedImage read = Pictures.read(file(noise(BufferedImage.TYPE_INT_RGB), "jpg"), Pictures.MAX_PIXELS);

        // Then
        assertThat(read.getWidth()).isEqualTo(40);
        assertThat(read.getHeight()).isEqualTo(30);
    }

    @Test
    void shouldTakeTransparencyAsWhite() throws Exception {
        // Given: nothing but transparent black
        byte[] png = file(new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB), "png");

        // When
        BufferedImage read = Pictures.read(png, Pictures.MAX_PIXELS);

        // Then
        assertThat(Pictures.pixels(read).rgb()).containsOnly(255);
        assertThat(Pictures.pixels(Pictures.square(read, 2)).rgb()).containsOnly(255);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gif", "bmp"})
    void shouldRefuseOtherFormats(String format) throws Exception {
        byte[] file = file(noise(BufferedImage.TYPE_INT_RGB), format);
        assertUnusable(file, "neither PNG nor JPEG");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text", "\u0089PNG", "GIF89a"})
    void shouldRefuseWhatIsNoPicture(String content) {
        assertUnusable(content.getBytes(StandardCharsets.ISO_8859_1), "neither PNG nor JPEG");
    }

    @ParameterizedTest
    @CsvSource({"png, 0.9", "png, 0.5", "png, 0.1", "jpg, 0.9", "jpg, 0.5", "jpg, 0.1"})
    void shouldRefuseAFileThatIsCutOff(String format, double part) throws Exception {
        byte[] file = file(noise(BufferedImage.TYPE_INT_RGB), format);
        assertUnusable(Arrays.copyOf(file, (int) (part * file.length)), "the picture is ");
    }

    /** 70 bytes that say they are ten billion pixels. */
    @Test
    void shouldDecodeNothingOfAPictureThatIsTooLarge() throws Exception {
        byte[] bomb = withSize(PngWriter.write(new RgbImage(1, 1, new byte[3]), List.of()), 100_000, 100_000);
        assertUnusable(bomb, "100000 x 100000 pixels");
        assertUnusable(withSize(bomb, Integer.MAX_VALUE, Integer.MAX_VALUE), "2147483647 x 2147483647");
    }

    @Test
    void shouldReadAsManyPixelsAsAreAllowed() throws Exception {
        byte[] file = file(noise(BufferedImage.TYPE_INT_RGB), "png");
        assertThat(Pictures.read(file, 1200).getWidth()).isEqualTo(40);
        assertThatThrownBy(() -> Pictures.read(file, 1199))
                .isInstanceOf(Pictures.UnusableException.class)
                .hasMessageContaining("40 x 30", "1199");
    }

    /** Whatever the bytes are, there is a picture or the one exception. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void shouldSurviveDamage(String format) throws Exception {
        byte[] sound = file(noise(BufferedImage.TYPE_INT_RGB), format);
        Random random = new Random(SEED);
        for (int round = 0; round < 500; round++) {
            byte[] damaged = sound.clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                damaged[random.nextInt(Math.min(damaged.length, 200))] = (byte) random.nextInt();
            }
            try {
                assertThat(Pictures.read(damaged, 100_000)).isNotNull();
            } catch (Pictures.UnusableException e) {
                assertThat(e).as("round %d of seed %d", round, SEED).hasMessageStartingWith("the picture ");
            }
        }
    }

    @Test
    void shouldCutTheMiddleOutAndScaleIt() {
        // Given: red, green and blue side by side
        var picture = new BufferedImage(90, 30, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 90; x++) {
            for (int y = 0; y < 30; y++) {
                picture.setRGB(x, y, 0xFF0000 >> 8 * (x / 30));
            }
        }

        // When
        BufferedImage square = Pictures.square(picture, 16);

        // Then
        assertThat(square.getWidth()).isEqualTo(16);
        assertThat(square.getHeight()).isEqualTo(16);
        assertThat(square.getRGB(0, 0)).isEqualTo(0xFF00FF00);
        assertThat(square.getRGB(15, 15)).isEqualTo(0xFF00FF00);
    }

    private static void assertUnusable(byte[] file, String problem) {
        assertThatThrownBy(() -> Pictures.read(file, Pictures.MAX_PIXELS))
                .isInstanceOf(Pictures.UnusableException.class)
                .hasMessageContaining(problem);
    }

    private static byte[] withSize(byte[] png, int width, int height) {
        ByteBuffer bytes = ByteBuffer.wrap(png.clone());
        bytes.putInt(IHDR, width).putInt(IHDR + 4, height);
        var checksum = new CRC32();
        checksum.update(bytes.array(), IHDR - 4, 4 + 13);
        return bytes.putInt(IHDR + 13, (int) checksum.getValue()).array();
    }

    private static byte[] file(BufferedImage picture, String format) throws IOException {
        var bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    private static BufferedImage noise(int type) {
        var picture = new BufferedImage(40, 30, type);
        Random random = new Random(SEED);
        for (int y = 0; y < 30; y++) {
            for (int x = 0; x < 40; x++) {
                picture.setRGB(x, y, random.nextInt());
            }
        }
        return picture;
    }
}
