package org.dallemini.dalle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.testing.ShippedModel;
import org.dallemini.dalle.vqgan.RgbImage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DalleMiniTest {
    private static final String PROMPT = "a red circle on a blue background";

    @TempDir
    private static Path work;

    private static DalleMini model;

    @BeforeAll
    static void load() throws IOException {
        model = DalleMini.load(ShippedModel.folder(), settings());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static DalleMini.Settings settings() {
        return new DalleMini.Settings(new ModelCache(work.resolve("cache")), 2, 2, Precision.FP32, Precision.FP32);
    }

    @Test
    void shouldDrawWhatIsAskedFor() {
        RgbImage picture = model.draw(PROMPT, 42);

        int centre = 3 * (picture.height() / 2 * picture.width() + picture.width() / 2);
        assertThat(colour(picture, centre)).as("centre").isEqualTo("red");
        assertThat(colour(picture, 0)).as("corner").isEqualTo("blue");
    }

    private static String colour(RgbImage picture, int offset) {
        int red = picture.rgb()[offset] & 0xFF, blue = picture.rgb()[offset + 2] & 0xFF;
        return red > blue ? "red" : "blue";
    }

    @Test
    void shouldDrawTheSamePixelsAloneAndAmongMoreThanThereAreSlots() {
        // Given
        List<TokenRequest> requests = IntStream.range(0, 5)
                .mapToObj(i -> new TokenRequest(i % 2 == 0 ? PROMPT : "two stars", null, i, model.parameters()))
                .toList();

        // When
        List<RgbImage> together = model.draw(requests);

        // Then
        assertThat(together).hasSize(5);
        assertThat(Arrays.equals(together.get(4).rgb(), model.draw(PROMPT, 4).rgb()))
                .as("image 4 equals itself drawn alone")
                .isTrue();
        assertThat(Arrays.equals(together.get(3).rgb(), together.get(4).rgb()))
                .as("another prompt is another image")
                .isFalse();
    }

    @Test
    void shouldGoOnAfterARequestThatCannotBeDrawn() {
        // Given: a token that the model does not have
        TokenRequest bad = new TokenRequest(PROMPT, null, 0, model.parameters(), new int[] {Integer.MAX_VALUE});
        byte[] alone = model.draw(PROMPT, 1).rgb();

        // When, Then
        assertThatThrownBy(() -> model.draw(List.of(new TokenRequest(PROMPT, null, 1, model.parameters()), bad)))
                .isInstanceOf(RuntimeException.class);
        assertThat(Arrays.equals(model.draw(PROMPT, 1).rgb(), alone)).isTrue();
    }

    @Test
    void shouldRefuseAFolderWithoutAModel() {
        assertThatThrownBy(() -> DalleMini.load(work, settings()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("dalle-bart");
    }
}
