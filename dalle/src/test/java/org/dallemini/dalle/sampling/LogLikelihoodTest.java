package org.dallemini.dalle.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogLikelihoodTest {
    private static final int VOCABULARY = 50;

    @Test
    void shouldBeTheLogarithmOfTheSoftmax() {
        // Given: two rows, the second of large logits
        var random = new Random(20261128);
        var logits = FloatBuffer.allocate(2 * VOCABULARY);
        for (int i = 0; i < logits.capacity(); i++) {
            logits.put(i, (float) (random.nextGaussian() * 3 + (i < VOCABULARY ? 0 : 500)));
        }

        for (int row : new int[] {0, VOCABULARY}) {
            double shift = row == 0 ? 0 : 500;
            double sum = IntStream.range(0, VOCABULARY)
                    .mapToDouble(i -> Math.exp(logits.get(row + i) - shift))
                    .sum();
            for (int token = 0; token < VOCABULARY; token++) {
                // When
                double likelihood = LogLikelihood.of(logits, row, VOCABULARY, token);

                // Then
                double expected = Math.log(Math.exp(logits.get(row + token) - shift) / sum);
                assertThat(likelihood).isCloseTo(expected, within(1e-9)).isNegative();
            }
        }
    }

    @Test
    void shouldStandVeryUnlikelyTokens() {
        var logits = FloatBuffer.wrap(new float[] {0, -1000, 3.4e38f, -3.4e38f});

        assertThat(LogLikelihood.of(logits, 0, 2, 0)).isZero();
        assertThat(LogLikelihood.of(logits, 0, 2, 1)).isEqualTo(-1000);
        assertThat(LogLikelihood.of(logits, 2, 2, 1)).isFinite().isLessThan(-6e38);
    }
}
