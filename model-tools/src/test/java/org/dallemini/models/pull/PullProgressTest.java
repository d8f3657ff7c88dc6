package org.dallemini.models.pull;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class PullProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void shouldShowRateAndTimeLeft() {
        assertThat(PullProgress.line(30_000_000, 40_000_000, 10_000_000, 5))
                .isEqualTo("[##################......] 30.0 of 40.0 MB  2.0 MB/s  5 s left");
        assertThat(PullProgress.line(0, 10_400_000_000L, 10_000_000, 1))
                .isEqualTo("[........................] 0.0 of 10400.0 MB  10.0 MB/s  17 min left");
        assertThat(PullProgress.line(40_000_000, 40_000_000, 0, 0))
                .isEqualTo("[########################] 40.0 of 40.0 MB");
    }

    @Test
    void shouldPrintOnlyLinesWhereNobodyLooks() {
        // Given
        var progress = new PullProgress(new PrintStream(bytes, true, UTF_8), false, () -> 0);

        // When
        progress.begin(10_000_000);
        progress.has(1_000_000);
        progress.came(1_000_000);
        progress.complete("vqgan/config.json", 426);
        progress.complete("vqgan/flax_model.msgpack", 2_000_000);
        progress.clear();

        // Then
        assertThat(bytes.toString(UTF_8))
                .isEqualToIgnoringNewLines("vqgan/config.json  0.4 kBvqgan/flax_model.msgpack  2.0 MB");
    }

    @Test
    void shouldDrawALineOnATerminal() {
        // Given: a clock that is a second further each time
        long[] seconds = {0};
        var progress = new PullProgress(new PrintStream(bytes, true, UTF_8), true, () -> 1_000_000_000L * seconds[0]++);

        // When
        progress.begin(10_000_000);
        progress.came(5_000_000);

        // Then
        assertThat(bytes.toString(UTF_8))
                .isEqualTo("\r\u001b[2K[############............] 5.0 of 10.0 MB  5.0 MB/s  1 s left");
    }
}
