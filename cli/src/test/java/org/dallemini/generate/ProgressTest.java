package org.dallemini.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressTest {

    @Test
    void shouldShowCountRateAndTimeLeft() {
        assertThat(Progress.line(10, 40, 10, 5)).isEqualTo("[######..................] 10/40 images  2.0/s  15 s left");
    }

    @Test
    void shouldNotGuessBeforeTheFirstImage() {
        assertThat(Progress.line(0, 40, 0, 5)).isEqualTo("[........................] 0/40 images");
        assertThat(Progress.line(0, 0, 0, 0)).isEqualTo("[########################] 0/0 images");
    }

    @Test
    void shouldBeSilentWhereNobodyLooks() {
        var bytes = new ByteArrayOutputStream();
        var progress = new Progress(new PrintStream(bytes), false, () -> 0);

        progress.phase("starting");
        progress.images(1, 2, 1);
        progress.clear();

        assertThat(bytes.size()).isZero();
    }
}
