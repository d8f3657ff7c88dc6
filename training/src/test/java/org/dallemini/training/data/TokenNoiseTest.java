package org.dallemini.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenNoiseTest {
    private static final int LENGTH = 400, UNTOUCHED = 99, VOCABULARY = 50;

    private static long[] noisy(double greatest, long seed, long place) {
        long[] tokens = new long[LENGTH];
        Arrays.fill(tokens, UNTOUCHED);
        new TokenNoise(greatest, seed).addTo(tokens, 100, 300, VOCABULARY, place);
        return tokens;
    }

    private static double share(long[] tokens) {
        return Arrays.stream(tokens).filter(token -> token != UNTOUCHED).count() / 200.0;
    }

    @Test
    void shouldLeaveTheTokensAsTheyAreByDefault() {
        assertThat(share(noisy(0, 42, 7))).isZero();
    }

    @Test
    void shouldReplaceOnlyTokensOfTheSample() {
        long[] tokens = noisy(1, 42, 7);
        assertThat(tokens)
                .startsWith(LongStream.generate(() -> UNTOUCHED).limit(100).toArray());
        assertThat(tokens)
                .endsWith(LongStream.generate(() -> UNTOUCHED).limit(100).toArray());
        assertThat(Arrays.stream(tokens).filter(token -> token != UNTOUCHED))
                .isNotEmpty()
                .allMatch(token -> token >= 0 && token < VOCABULARY);
    }

    @Test
    void shouldSpreadTheSharesEvenlyUpToTheGreatest() {
        double[] shares = LongStream.range(0, 1000)
                .mapToDouble(place -> share(noisy(0.6, 42, place)))
                .sorted()
                .toArray();
        assertThat(shares[100]).isBetween(0.02, 0.10);
        assertThat(shares[500]).isBetween(0.26, 0.34);
        assertThat(shares[900]).isBetween(0.50, 0.60);
        assertThat(shares[999]).isLessThan(0.75);
    }

    @Test
    void shouldDependOnSeedAndPlaceAlone() {
        assertThat(noisy(0.5, 42, 7)).isEqualTo(noisy(0.5, 42, 7));
        assertThat(noisy(0.5, 42, 8)).isNotEqualTo(noisy(0.5, 42, 7));
        assertThat(noisy(0.5, 43, 7)).isNotEqualTo(noisy(0.5, 42, 7));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void shouldRefuseWhatIsNoShare(double share) {
        assertThatThrownBy(() -> new TokenNoise(share, 42))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(String.valueOf(share));
    }
}
