package org.dallemini.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.dallemini.progress.Progress.Style;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicLong nanos = new AtomicLong();

    private Progress progress(Style style) {
        return new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), style, nanos::get);
    }

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private void passSeconds(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void shouldShowCountRateAndTimeLeft() {
        Progress progress = progress(Style.BAR);
        passSeconds(5);

        progress.count(10, 40, 10, "images");

        assertThat(shown()).endsWith("[######..................] 10/40 images  2.0/s  15 s left");
    }

    @Test
    void shouldNotGuessBeforeTheFirst() {
        assertThat(Progress.text(0, 40, 0, 5, "images")).isEqualTo("0/40 images");
        assertThat(Progress.text(0, 0, 0, 0, "images")).isEqualTo("0/0 images");
    }

    @Test
    void shouldCountTimeInTheUnitThatFits() {
        assertThat(Progress.text(600, 60_600, 600, 1, "prompts")).isEqualTo("600/60600 prompts  600/s  100 s left");
        assertThat(Progress.text(1, 601, 1, 1, "prompts")).endsWith("  10 min left");
        assertThat(Progress.text(1, 36_001, 1, 1, "prompts")).endsWith("  10 h left");
    }

    @Test
    void shouldWriteALineNowAndThenWhereThereIsNoTerminal() {
        // Given
        Progress progress = progress(Style.LINES);

        // When
        progress.phase("starting");
        for (int second = 1; second <= 25; second++) {
            passSeconds(1);
            progress.count(second, 100, second, "prompts");
        }
        progress.clear();

        // Then
        assertThat(shown().lines())
                .containsExactly("10/100 prompts  1.0/s  90 s left", "20/100 prompts  1.0/s  80 s left");
    }

    @Test
    void shouldBeSilentWhereNobodyLooks() {
        Progress progress = progress(Style.NONE);
        passSeconds(100);

        progress.phase("starting");
        progress.count(1, 2, 1, "images");
        progress.clear();

        assertThat(shown()).isEmpty();
    }
}
