package org.dallemini.renditions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.dallemini.dalle.png.PngText;
import org.dallemini.dalle.png.PngTexts;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.png.Provenance;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.Pictures.UnusableException;
import org.dallemini.dalle.vqgan.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RenditionsTest {
    private static final int[] WHITE = {255, 255, 255}, RED = {220, 30, 40}, BLUE = {30, 60, 200};
    private static final Provenance.Model MODEL = new Provenance.Model("m", "0123456789abcdef", "fp32");

    private final Renditions renditions = Renditions.builtIn();

    /** A disc in the middle, with soft edges as a camera or a good rasteriser gives them. */
    private static RgbImage disc(int side, int[] colour, int[] ground) {
        byte[] rgb = new byte[3 * side * side];
        int samples = 8;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int inside = 0;
                for (int i = 0; i < samples * samples; i++) {
                    double dx = (x + (i % samples + 0.5) / samples) / side - 0.5;
                    double dy = (y + (i / samples + 0.5) / samples) / side - 0.5;
                    inside += dx * dx + dy * dy < 0.1 ? 1 : 0;
                }
                double share = (double) inside / (samples * samples);
                for (int c = 0; c < 3; c++) {
                    rgb[3 * (y * side + x) + c] = (byte) Math.round(share * colour[c] + (1 - share) * ground[c]);
                }
            }
        }
        return new RgbImage(side, side, rgb);
    }

    private static byte[] png(RgbImage image) {
        Provenance provenance = new Provenance("a disc", null, 7, 2f, 50, 1f, 1f, 0, 1, 0, MODEL, MODEL);
        return PngWriter.write(image, provenance.texts(image.width(), image.height(), 64));
    }

    private static Rendition as(String size, Fit fit, FileFormat format) {
        return new Rendition(Rendition.Size.parse(size).orElseThrow(), fit, format, Rendition.DEFAULT_QUALITY);
    }

    private static RgbImage pixels(RenderedImage image) throws Exception {
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(image.content()));
        return Pictures.pixels(read);
    }

    private static double meanSquare(RgbImage one, RgbImage two) {
        assertThat(one.rgb()).hasSameSizeAs(two.rgb());
        double sum = 0;
        for (int i = 0; i < one.rgb().length; i++) {
            int difference = (one.rgb()[i] & 0xff) - (two.rgb()[i] & 0xff);
            sum += difference * difference;
        }
        return sum / one.rgb().length;
    }

    private static int[] at(RgbImage image, int x, int y) {
        int i = 3 * (y * image.width() + x);
        return new int[] {image.rgb()[i] & 0xff, image.rgb()[i + 1] & 0xff, image.rgb()[i + 2] & 0xff};
    }

    @Test
    void shouldGiveTheStoredFileWhereNothingIsToBeDone() throws Exception {
        byte[] file = png(disc(64, RED, WHITE));

        assertThat(renditions.render(file, Rendition.ORIGINAL).content()).isEqualTo(file);
        RenderedImage sameSize = renditions.render(file, as("64x64", Fit.PAD, FileFormat.PNG));
        assertThat(sameSize.content()).isEqualTo(file);
        assertThat(sameSize.made()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"128, 2", "256, 4", "512, 8", "1024, 16"})
    void shouldComeNearerToAnImageOfThatSizeThanCatmullRomAlone(int side, int factor) throws Exception {
        // Given the same disc, small and large
        RgbImage small = disc(64, RED, WHITE);
        RgbImage large = disc(side, RED, WHITE);

        // When
        RenderedImage rendered = renditions.render(png(small), as(side + "x" + side, Fit.PAD, FileFormat.PNG));

        // Then
        double ours = meanSquare(pixels(rendered), large);
        double others = meanSquare(Resampling.resized(small, side, side), large);
        assertThat(ours).isLessThan(others * (factor == 2 ? 0.7 : 0.45));
    }

    @Test
    void shouldGiveTheOriginalBackWhenMadeSmallAgain() {
        RgbImage small = disc(64, RED, BLUE);

        RgbImage large = new EdgeUpscaler().enlarge(small);

        byte[] means = new byte[small.rgb().length];
        for (int i = 0; i < means.length; i++) {
            int x = i / 3 % 64;
            int y = i / 3 / 64;
            int sum = 0;
            for (int k = 0; k < 4; k++) {
                sum += at(large, 2 * x + k % 2, 2 * y + k / 2)[i % 3];
            }
            means[i] = (byte) Math.round(sum / 4.0);
        }
        assertThat(Math.sqrt(meanSquare(new RgbImage(64, 64, means), small))).isLessThan(3);
    }

    @Test
    void shouldShowNothingOfTheStripsInWhichItWorks() {
        // Given noise of several strips, and a part of it that is one
        byte[] noise = new byte[3 * 8 * 200];
        new Random(3).nextBytes(noise);
        byte[] middle = new byte[3 * 8 * 60];
        System.arraycopy(noise, 3 * 8 * 40, middle, 0, middle.length);

        // When
        RgbImage all = new EdgeUpscaler().enlarge(new RgbImage(8, 200, noise));
        RgbImage part = new EdgeUpscaler().enlarge(new RgbImage(8, 60, middle));

        // Then: the row between two strips is as it is in the middle of one
        for (int y = 40; y < 80; y++) {
            for (int x = 0; x < 16; x++) {
                assertThat(at(all, x, 80 + y)).isEqualTo(at(part, x, y));
            }
        }
    }

    @Test
    void shouldNeitherRingNorChangeWhatIsFlat() {
        // Given two flat halves
        byte[] rgb = new byte[3 * 32 * 32];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3 % 32 < 16 ? 60 : 190);
        }

        RgbImage large = new EdgeUpscaler().enlarge(new EdgeUpscaler().enlarge(new RgbImage(32, 32, rgb)));

        for (byte value : large.rgb()) {
            assertThat(value & 0xff).isBetween(60, 190);
        }
        assertThat(at(large, 20, 64)[0]).isEqualTo(60);
        assertThat(at(large, 100, 64)[0]).isEqualTo(190);
    }

    @Test
    void shouldLeaveSmoothShadesSmooth() {
        byte[] rgb = new byte[3 * 64 * 64];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (40 + 2 * (i / 3 % 64));
        }

        RgbImage large = new EdgeUpscaler().enlarge(new RgbImage(64, 64, rgb));

        for (int x = 8; x < 120; x++) {
            assertThat((double) at(large, x, 64)[0]).isCloseTo(40 + 2 * ((x + 0.5) / 2 - 0.5), within(1.0));
        }
    }

    @Test
    void shouldPadWithTheColourOfTheEdge() throws Exception {
        RenderedImage image = renditions.render(png(disc(64, RED, BLUE)), as("1792x1024", Fit.PAD, FileFormat.PNG));

        assertThat(image.made()).isEqualTo("64x64 scaled to 1024x1024 (edge-1), padded to 1792x1024");
        RgbImage pixels = pixels(image);
        assertThat(pixels.width()).isEqualTo(1792);
        assertThat(pixels.height()).isEqualTo(1024);
        assertThat(at(pixels, 0, 0)).isEqualTo(BLUE);
        assertThat(at(pixels, 1791, 1023)).isEqualTo(BLUE);
        assertThat(at(pixels, 896, 512)).isEqualTo(RED);
    }

    @Test
    void shouldCropBothSidesAlike() throws Exception {
        RenderedImage image = renditions.render(png(disc(64, RED, WHITE)), as("128x64", Fit.CROP, FileFormat.PNG));

        assertThat(image.made()).isEqualTo("64x64 scaled to 128x128 (edge-1), cropped to 128x64");
        RgbImage pixels = pixels(image);
        assertThat(at(pixels, 64, 0)).isEqualTo(RED);
        assertThat(at(pixels, 0, 32)).isEqualTo(WHITE);
        assertThat(at(pixels, 127, 32)).isEqualTo(WHITE);
    }

    @ParameterizedTest
    @CsvSource({"32x32", "17x90", "100x100", "1x1", "63x64"})
    void shouldMakeAnySizeThatIsNotTooLarge(String size) throws Exception {
        for (Fit fit : Fit.values()) {
            RenderedImage image = renditions.render(png(disc(64, RED, RED)), as(size, fit, FileFormat.PNG));

            RgbImage pixels = pixels(image);
            assertThat(pixels.width() + "x" + pixels.height()).isEqualTo(size);
            for (int x = 0; x < pixels.width(); x++) {
                assertThat(at(pixels, x, pixels.height() / 2)).isEqualTo(RED);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(FileFormat.class)
    void shouldSayInEveryFormatThatItWasMadeByAnAi(FileFormat format) throws Exception {
        RgbImage drawn = disc(64, RED, WHITE);

        RenderedImage image = renditions.render(png(drawn), as("256x256", Fit.PAD, format));

        assertThat(new String(image.content(), StandardCharsets.ISO_8859_1))
                .contains("digitalsourcetype/trainedAlgorithmicMedia");
        assertThat(image.format()).isEqualTo(format);
        RgbImage pixels = pixels(image);
        assertThat(pixels.width()).isEqualTo(256);
        assertThat(Math.sqrt(meanSquare(
                        pixels, pixels(renditions.render(png(drawn), as("256x256", Fit.PAD, FileFormat.PNG))))))
                .isLessThan(format == FileFormat.PNG ? 0.001 : 8);
    }

    @Test
    void shouldKeepTheTextsOfAPngFileAndSayWhatWasDone() throws Exception {
        byte[] file = png(disc(64, RED, WHITE));

        List<PngText> texts = PngTexts.read(
                renditions.render(file, as("100x100", Fit.PAD, FileFormat.PNG)).content());

        assertThat(texts).containsAll(PngTexts.read(file));
        assertThat(PngTexts.find(texts, Renditions.KEYWORD)).contains("64x64 scaled to 100x100 (edge-1)");
        assertThat(Provenance.of(texts)).map(Provenance::seed).contains(7L);
    }

    @Test
    void shouldGiveSmallerFilesForLessQuality() throws Exception {
        byte[] noise = new byte[3 * 64 * 64];
        new Random(5).nextBytes(noise);
        byte[] file = png(new RgbImage(64, 64, noise));

        for (FileFormat format : List.of(FileFormat.JPEG, FileFormat.WEBP)) {
            int good = renditions
                    .render(file, new Rendition(null, Fit.PAD, format, 95))
                    .content()
                    .length;
            int small = renditions
                    .render(file, new Rendition(null, Fit.PAD, format, 10))
                    .content()
                    .length;
            assertThat(small).isLessThan(good * 2 / 3);
        }
    }

    @Test
    void shouldGiveTheSameBytesEachTime() throws Exception {
        byte[] file = png(disc(64, BLUE, WHITE));

        for (FileFormat format : FileFormat.values()) {
            Rendition wanted = as("320x200", Fit.PAD, format);
            assertThat(renditions.render(file, wanted).content())
                    .isEqualTo(Renditions.builtIn().render(file, wanted).content());
        }
    }

    @Test
    void shouldRefuseWhatWouldBeTooLarge() {
        byte[] file = png(disc(64, RED, WHITE));

        assertThatThrownBy(() -> renditions.render(file, as("1025x1025", Fit.PAD, FileFormat.PNG)))
                .isInstanceOf(UnusableException.class)
                .hasMessage("an image of 64x64 becomes at most 16 times as large, and 1025x1025 asks for more");
        assertThatThrownBy(() -> Rendition.Size.parse("5000x10"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("each side has 1 to 4096 pixels");
        assertThat(Rendition.Size.parse("large")).isEmpty();
        assertThat(Rendition.Size.parse("0x10")).isEmpty();
    }

    @Test
    void shouldRefuseWhatIsNoPicture() {
        assertThatThrownBy(() -> renditions.render(new byte[100], as("128x128", Fit.PAD, FileFormat.PNG)))
                .isInstanceOf(UnusableException.class);
    }
}
