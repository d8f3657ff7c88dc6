package org.dallemini.footprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class GpuPowerTest {
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void shouldAddPowerUpOverTime() {
        GpuPower gpu = GpuPower.watch("0", List.of("sh", "-c", "echo ' 250.0'; exec sleep 100"));
        long start = System.nanoTime();
        await().atMost(Duration.ofSeconds(30)).until(() -> gpu.joules() >= 10);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(gpu.isKnown()).isTrue();
        assertThat(gpu.joules()).isLessThanOrEqualTo(250 * (seconds + 1));
    }

    @Test
    void shouldCountNothingWhereTheToolIsMissing() {
        assertThat(GpuPower.watch("0", List.of("no-such-tool-of-any-gpu")).joules())
                .isZero();
    }

    @Test
    void shouldNameAGpuAsItsToolDoes() {
        assertThat(UsageMeter.name(1, null)).isEqualTo("1");
        assertThat(UsageMeter.name(1, "")).isEqualTo("1");
        assertThat(UsageMeter.name(0, "3, GPU-1f2e")).isEqualTo("3");
        assertThat(UsageMeter.name(1, "3, GPU-1f2e")).isEqualTo("GPU-1f2e");
    }
}
