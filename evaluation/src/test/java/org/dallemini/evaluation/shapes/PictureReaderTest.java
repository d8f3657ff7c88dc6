package org.dallemini.evaluation.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.vqgan.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureReaderTest {
    private static final int SIZE = 64;

    @TempDir
    Path folder;

    /** Makes templates of all shapes and sizes first, which takes a second. */
    private static final PictureReader reader = new PictureReader(SIZE);

    @ParameterizedTest
    @EnumSource(Outline.class)
    void shouldReadEveryShapeInEverySizeAndColour(Outline shape) {
        double[] radii = {9, 12, 17, 25};
        for (Colour colour : Colour.values()) {
            double radius = radii[colour.ordinal() % radii.length];
            Colour background = colour == Colour.WHITE ? Colour.BLUE : Colour.WHITE;

            PictureReader.Reading reading = reader.read(picture(background, colour, shape.pixels(SIZE, radius), 3, -2));

            assertThat(reading).isEqualTo(new PictureReader.Reading(background, colour, shape));
        }
    }

    @Test
    void shouldSayWhatIsWrong() {
        Caption caption = new Caption("a red star on a black background", Colour.RED, Outline.STAR, Colour.BLACK);
        BitSet star = Outline.STAR.pixels(SIZE, 17);

        assertThat(reader.shows(picture(Colour.BLACK, Colour.RED, star, 0, 0), caption))
                .isTrue();
        assertThat(reader.shows(picture(Colour.BLACK, Colour.ORANGE, star, 0, 0), caption))
                .isFalse();
        assertThat(reader.shows(picture(Colour.GRAY, Colour.RED, star, 0, 0), caption))
                .isFalse();
        assertThat(reader.shows(picture(Colour.BLACK, Colour.RED, Outline.HEART.pixels(SIZE, 17), 0, 0), caption))
                .isFalse();
        assertThat(reader.read(picture(Colour.BLACK, Colour.RED, new BitSet(), 0, 0)))
                .isEqualTo(new PictureReader.Reading(Colour.BLACK, null, null));
    }

    @Test
    void shouldReadTheCaptionsOfTheShippedModel() throws IOException {
        List<Caption> captions = Caption.of(Path.of("..", "models", "shapes"));

        assertThat(captions).hasSize(1320).doesNotHaveDuplicates();
        assertThat(captions.get(0))
                .isEqualTo(new Caption("a red circle on a white background", Colour.RED, Outline.CIRCLE, Colour.WHITE));
    }

    @Test
    void shouldFindNoCaptionsWhereThereIsNoFile() throws IOException {
        assertThat(Caption.of(folder)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a red circle", "a\tred\tblob\tblue", "a\tmauve\tcircle\tblue"})
    void shouldNameTheLineThatIsNoCaption(String line) throws IOException {
        Files.writeString(folder.resolve("captions.tsv"), "a red star\tred\tstar\tblack\n" + line + "\n");

        assertThatThrownBy(() -> Caption.of(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("captions.tsv line 2");
    }

    private static RgbImage picture(Colour background, Colour colour, BitSet pixels, int right, int down) {
        BitSet moved = new BitSet();
        pixels.stream().forEach(pixel -> moved.set(pixel + down * SIZE + right));
        byte[] rgb = new byte[3 * SIZE * SIZE];
        for (int pixel = 0; pixel < SIZE * SIZE; pixel++) {
            int value = (moved.get(pixel) ? colour : background).rgb();
            for (int channel = 0; channel < 3; channel++) {
                rgb[3 * pixel + channel] = (byte) (value >> (16 - 8 * channel));
            }
        }
        return new RgbImage(SIZE, SIZE, rgb);
    }
}
