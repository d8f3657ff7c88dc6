package org.dallemini.show;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.dallemini.dalle.vqgan.Pictures;
import org.junit.jupiter.api.Test;

/** What is written is read back, as a terminal would. */
class ScreenTest {
    private static final Pattern KITTY_PART = Pattern.compile("\u001b_G([^;]*);([^\u001b]*)\u001b\\\\");
    private static final Pattern BLOCK = Pattern.compile("(?:\u001b\\[38;(2(?:;[0-9]+){3}|5;[0-9]+);48;([0-9;]+)m)?▀");

    /** A picture whose pixels are all of other colours, as far as a seed goes. */
    private static BufferedImage noise(int width, int height) {
        var random = new Random(5);
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            picture.setRGB(i % width, i / width, random.nextInt(1 << 24));
        }
        return picture;
    }

    private static byte[] png(BufferedImage picture) throws IOException {
        var out = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", out);
        return out.toByteArray();
    }

    private static String show(Graphics graphics, boolean isTrueColour, int columns, byte[] png) throws Exception {
        return new Screen(graphics, isTrueColour, columns).show(png);
    }

    @Test
    void shouldGiveKittyTheFileInParts() throws Exception {
        // Given
        byte[] png = png(noise(96, 96));

        // When
        String text = show(Graphics.KITTY, true, 80, png);

        // Then
        List<MatchResult> parts = KITTY_PART.matcher(text).results().toList();
        var content = new StringBuilder();
        parts.forEach(part -> content.append(part.group(2)));
        assertThat(Base64.getDecoder().decode(content.toString())).isEqualTo(png);
        assertThat(parts)
                .hasSizeGreaterThan(2)
                .allMatch(part -> part.group(2).length() <= InlineFile.PART)
                .allMatch(part -> part == parts.get(parts.size() - 1)
                        || part.group(2).length() % 4 == 0 && part.group(1).endsWith("m=1"));
        assertThat(parts.get(0).group(1)).isEqualTo("a=T,f=100,q=2,c=32,m=1");
        assertThat(parts.get(1).group(1)).isEqualTo("m=1");
        assertThat(parts.get(parts.size() - 1).group(1)).isEqualTo("m=0");
        assertThat(KITTY_PART.matcher(text).replaceAll("")).isEqualTo("\n");
        assertThat(show(Graphics.KITTY, true, 20, png(noise(2, 2)))).startsWith("\u001b_Ga=T,f=100,q=2,c=20,m=0;");
    }

    @Test
    void shouldGiveIterm2TheFile() throws Exception {
        // Given
        byte[] png = png(noise(8, 8));

        // When
        String text = show(Graphics.ITERM2, true, 80, png);

        // Then
        assertThat(text)
                .startsWith("\u001b]1337;File=inline=1;size=" + png.length + ";width=32;preserveAspectRatio=1:")
                .endsWith("\u0007\n");
        assertThat(Base64.getDecoder().decode(text.substring(text.lastIndexOf(':') + 1, text.length() - 2)))
                .isEqualTo(png);
    }

    /** The colours of blocks, as codes of the terminal: rows of pixels from the top. */
    private static List<List<String>> blocks(String text) {
        var pixels = new ArrayList<List<String>>();
        for (String line : text.split("\n")) {
            assertThat(line).endsWith("\u001b[0m");
            var above = new ArrayList<String>();
            var below = new ArrayList<String>();
            BLOCK.matcher(line).results().forEach(block -> {
                above.add(block.group(1) == null ? above.get(above.size() - 1) : block.group(1));
                below.add(block.group(2) == null ? below.get(below.size() - 1) : block.group(2));
            });
            assertThat(BLOCK.matcher(line).replaceAll("")).isEqualTo("\u001b[0m");
            pixels.add(above);
            pixels.add(below);
        }
        return pixels;
    }

    @Test
    void shouldShowEachPixelAsHalfABlock() throws Exception {
        // Given
        BufferedImage picture = noise(16, 16);
        picture.setRGB(1, 0, picture.getRGB(0, 0)); // neighbours alike, which need no code of their own
        picture.setRGB(1, 1, picture.getRGB(0, 1));

        // When
        List<List<String>> pixels = blocks(show(Graphics.BLOCKS, true, 80, png(picture)));

        // Then
        assertThat(pixels).hasSize(16);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
                int rgb = picture.getRGB(x, y);
                assertThat(pixels.get(y).get(x))
                        .isEqualTo("2;" + (rgb >> 16 & 255) + ";" + (rgb >> 8 & 255) + ";" + (rgb & 255));
            }
        }
    }

    @Test
    void shouldTakeTheMeanWhereThereIsNotRoomForAll() throws Exception {
        // Given: squares of four pixels, black and white in turns, and red ones
        var picture = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 1600; i++) {
            int x = i % 40;
            int y = i / 40;
            picture.setRGB(x, y, y < 20 ? (x + y) % 2 == 0 ? 0xffffff : 0 : 0xff0000);
        }

        // When
        List<List<String>> pixels = blocks(show(Graphics.BLOCKS, true, 20, png(picture)));

        // Then
        assertThat(pixels).hasSize(20).allMatch(row -> row.size() == 20);
        assertThat(pixels.subList(0, 10)).allMatch(row -> row.stream().allMatch("2;128;128;128"::equals));
        assertThat(pixels.subList(10, 20)).allMatch(row -> row.stream().allMatch("2;255;0;0"::equals));
    }

    @Test
    void shouldTakeTheNearestOf256Colours() throws Exception {
        // Given
        BufferedImage picture = noise(8, 8);
        picture.setRGB(0, 0, 0x5f87af);
        picture.setRGB(1, 0, 0x797979);

        // When
        List<List<String>> pixels = blocks(show(Graphics.BLOCKS, false, 80, png(picture)));

        // Then
        assertThat(pixels.get(0).get(0)).isEqualTo("5;67");
        assertThat(pixels.get(0).get(1)).isEqualTo("5;243"); // grey 118, nearer than 128
        for (int i = 0; i < 64; i++) {
            int shown =
                    Xterm256.rgb(Integer.parseInt(pixels.get(i / 8).get(i % 8).substring(2)));
            assertThat(distance(shown, picture.getRGB(i % 8, i / 8))).isLessThan(3 * 48 * 48);
        }
    }

    private static int distance(int one, int other) {
        int sum = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int each = (one >> shift & 255) - (other >> shift & 255);
            sum += each * each;
        }
        return sum;
    }

    @Test
    void shouldDrawSixelsOfThePicture() throws Exception {
        // Given: fewer colours than there are registers
        BufferedImage picture = noise(15, 15);

        // When
        BufferedImage shown = SixelDecoder.decode(show(Graphics.SIXEL, true, 80, png(picture)));

        // Then: enlarged, and each colour as near as percents come to it
        assertThat(shown.getWidth()).isEqualTo(255);
        assertThat(shown.getHeight()).isEqualTo(255);
        for (int i = 0; i < 255 * 255; i++) {
            int x = i % 255;
            int y = i / 255;
            assertThat(distance(shown.getRGB(x, y), picture.getRGB(x / 17, y / 17)))
                    .isLessThanOrEqualTo(12);
        }
    }

    @Test
    void shouldDrawSixelsOfAPictureOfManyColours() throws Exception {
        // Given: a photograph's worth of them
        var picture = new BufferedImage(130, 130, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 130 * 130; i++) {
            int x = i % 130;
            int y = i / 130;
            picture.setRGB(x, y, x << 16 | y << 8 | (x + y) / 2);
        }

        // When
        BufferedImage shown = SixelDecoder.decode(show(Graphics.SIXEL, true, 80, png(picture)));

        // Then
        assertThat(shown.getWidth()).isEqualTo(130);
        for (int i = 0; i < 130 * 130; i++) {
            assertThat(distance(shown.getRGB(i % 130, i / 130), picture.getRGB(i % 130, i / 130)))
                    .isLessThan(3 * 16 * 16);
        }
    }

    @Test
    void shouldSayWhatCannotBeRead() {
        assertThatThrownBy(() -> show(Graphics.SIXEL, true, 80, new byte[] {1, 2, 3}))
                .isInstanceOf(Pictures.UnusableException.class);
    }
}
