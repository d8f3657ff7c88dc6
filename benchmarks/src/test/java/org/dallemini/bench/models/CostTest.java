package org.dallemini.bench.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Percentage;
import org.dallemini.bench.limits.Limits;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.precision.Precision;
import org.junit.jupiter.api.Test;

class CostTest {
    /** The published DALL·E mini. */
    private static final BartConfig MINI =
            new BartConfig(1024, 12, 12, 16, 16, 2730, 2730, 50264, 16384, 256, 64, 16384, 16385, 16385, true);

    /** Its VQGAN, f16-16384. */
    private static final VqganConfig VQGAN = new VqganConfig(
            128, List.of(1, 1, 2, 2, 4), 2, List.of(16), 256, 256, 16384, 256, 3, 3, true, false, false);

    private static final Limits LIMITS = new Limits(2, 50, 200, 800, "1.29.0");

    @Test
    void shouldCountTheWeightsOfMini() {
        // Given
        long kernels = 12 * (6 * 1024 * 1024 + 3 * 1024 * 2730) + 1024 * 16385;
        long norms = 4 * 2 * (12 * (5 * 1024 + 2730) + 2 * 1024);
        long outputs = 12 * (6 * 1024 + 2 * 2730 + 1024) + 16385;

        // Then
        assertThat(kernels).isEqualTo(192_914_432);
        assertThat(cost(Precision.FP32).weightBytes()).isEqualTo(4 * kernels + norms);
        assertThat(cost(Precision.INT8).weightBytes()).isEqualTo(kernels + 4 * outputs + norms);
        // 1024 inputs are 8 blocks, 2730 are 22, the last of them filled up
        long blocks = 12 * (8 * (6 * 1024 + 2 * 2730) + 22 * 1024) + 8 * 16385;
        assertThat(cost(Precision.INT4).weightBytes()).isEqualTo(blocks * (64 + 4) + norms);
        assertThat(cost(Precision.FP32).denseOperations()).isEqualTo(2 * kernels);
    }

    @Test
    void shouldCountKeysAndValuesOfAnAverageStep() {
        // 128.5 positions and 16 of the text, each a key and a value of 1024 floats in 12 layers
        assertThat(cost(Precision.INT8).attentionBytes()).isEqualTo((long) (144.5 * 2 * 12 * 1024 * 4));
        assertThat(cost(Precision.INT8).bytes(2))
                .isEqualTo(cost(Precision.INT8).weightBytes()
                        + 2 * cost(Precision.INT8).attentionBytes());
        // Texts are laid out in multiples of 8
        assertThat(TokenStepCost.of(MINI, Precision.INT8, 9)).isEqualTo(cost(Precision.INT8));
    }

    @Test
    void shouldBeLimitedByMemoryWhenSmallAndByArithmeticWhenLarge() {
        // Given
        TokenStepCost cost = cost(Precision.FP32);

        // Then
        assertThat(cost.limit(LIMITS, Precision.FP32, 2).by()).isEqualTo("memory");
        assertThat(cost.limit(LIMITS, Precision.FP32, 2).millis()).isEqualTo(cost.bytes(2) / 50e6);
        assertThat(cost.limit(LIMITS, Precision.FP32, 64).by()).isEqualTo("arithmetic");
        assertThat(cost.limit(LIMITS, Precision.FP32, 64).millis())
                .isEqualTo(64 * (cost.denseOperations() + cost.attentionOperations()) / 200e6);
        assertThat(new Limit(5, "memory").share(10)).isEqualTo(0.5);
    }

    @Test
    void shouldTimeWholeRounds() {
        assertThat(TokenStageMeter.timed(64, 1, 256)).isEqualTo(256);
        assertThat(TokenStageMeter.timed(64, 3, 256)).isEqualTo(86);
        assertThat(TokenStageMeter.timed(64, 32, 256)).isEqualTo(64);
        assertThat(TokenStageMeter.timed(60, 32, 256)).isEqualTo(64);
    }

    @Test
    void shouldCountTheOperationsOfTheVqgan() {
        // Given
        VqganCost cost = VqganCost.of(VQGAN);

        // Then
        assertThat(cost.convolutionOperations() + cost.attentionOperations())
                .isCloseTo(252_000_000_000L, Percentage.withPercentage(2));
        assertThat(cost.limit(LIMITS, Precision.FP32).by()).isEqualTo("arithmetic");
    }

    private static TokenStepCost cost(Precision precision) {
        return TokenStepCost.of(MINI, precision, TokenStageMeter.TEXT_TOKENS);
    }
}
