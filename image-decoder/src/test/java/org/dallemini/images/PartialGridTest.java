package org.dallemini.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.dallemini.dalle.vqgan.RgbImage;
import org.junit.jupiter.api.Test;

class PartialGridTest {
    private static final int CELL = 8, SIDE = 4 * CELL, LEVEL = 200;

    @Test
    void shouldFillCellsToComeWithWhatIsAboveThem() {
        assertThat(new PartialGrid(new int[] {1, 2, 3, 4, 5}, 3, 3).filled())
                .containsExactly(1, 2, 3, 4, 5, 3, 4, 5, 3);
    }

    @Test
    void shouldFillABegunFirstRowWithItsLastToken() {
        assertThat(new PartialGrid(new int[] {1, 2}, 2, 3).filled()).containsExactly(1, 2, 2, 1, 2, 2);
    }

    @Test
    void shouldLeaveAFinishedImageAsItIs() {
        // Given
        PartialGrid grid = new PartialGrid(new int[] {1, 2, 3, 4}, 2, 2);
        RgbImage image = image();

        // Then
        assertThat(grid.filled()).containsExactly(1, 2, 3, 4);
        assertThat(grid.veil(image)).isSameAs(image);
    }

    @Test
    void shouldPaintTheRowsToComeGreyWithASoftBorder() {
        // Given: two rows of four
        RgbImage shown = new PartialGrid(new int[8], 4, 4).veil(image());

        // Then
        for (int x = 0; x < SIDE; x++) {
            assertThat(level(shown, x, 2 * CELL - 1)).isEqualTo(LEVEL);
            for (int y = 2 * CELL; y < 2 * CELL + CELL / 2; y++) {
                assertThat(level(shown, x, y)).isBetween(PartialGrid.GREY, level(shown, x, y - 1));
            }
            assertThat(level(shown, x, 2 * CELL + 1)).isBetween(PartialGrid.GREY + 1, LEVEL - 1);
            for (int y = 2 * CELL + CELL / 2; y < SIDE; y++) {
                assertThat(level(shown, x, y)).isEqualTo(PartialGrid.GREY);
            }
        }
    }

    @Test
    void shouldShowTheCellsOfABegunRow() {
        // Given: one row of four, and one cell of the next
        RgbImage shown = new PartialGrid(new int[5], 4, 4).veil(image());

        // Then
        assertThat(level(shown, CELL - 1, 2 * CELL - 1)).isEqualTo(LEVEL);
        assertThat(level(shown, CELL + 1, 2 * CELL - 1)).isBetween(PartialGrid.GREY + 1, LEVEL - 1);
        assertThat(level(shown, 2 * CELL, 2 * CELL - 1)).isEqualTo(PartialGrid.GREY);
        assertThat(level(shown, 0, 2 * CELL + 1)).isBetween(PartialGrid.GREY + 1, LEVEL - 1);
        assertThat(level(shown, 0, 3 * CELL)).isEqualTo(PartialGrid.GREY);
    }

    @Test
    void shouldRefuseTooFewAndTooManyTokens() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PartialGrid(new int[0], 2, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new PartialGrid(new int[5], 2, 2));
    }

    private static RgbImage image() {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        Arrays.fill(rgb, (byte) LEVEL);
        return new RgbImage(SIDE, SIDE, rgb);
    }

    private static int level(RgbImage image, int x, int y) {
        return Byte.toUnsignedInt(image.rgb()[3 * (y * image.width() + x)]);
    }
}
