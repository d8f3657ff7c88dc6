package org.dallemini.dalle.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ThreefryTest {
    private static final LogitsGoldens GOLDENS = new LogitsGoldens();

    static Stream<String> seeds() {
        Stream.Builder<String> seeds = Stream.builder();
        GOLDENS.json().get("rng").fieldNames().forEachRemaining(seeds);
        return seeds.build();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldSplitKeysAsTheOriginal(String seed) {
        // Given
        JsonNode golden = GOLDENS.json().get("rng").get(seed);
        long key = Long.parseLong(seed);

        // When
        long first = Threefry.first(key);
        long second = Threefry.second(key);

        // Then
        assertThat(first).isEqualTo(key(golden.get("split_first")));
        assertThat(second).isEqualTo(key(golden.get("split_second")));
        assertThat(key).isEqualTo(key(golden.get("key")));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldGiveTheWordsOfTheOriginal(String seed) {
        // Given: the goldens draw with the first half of the key
        JsonNode golden = GOLDENS.json().get("rng").get(seed).get("bits");
        long key = Threefry.first(Long.parseLong(seed));

        for (int i = 0; i < golden.size(); i++) {
            // When
            int word = Threefry.bits(key, i, golden.size());

            // Then
            assertThat(Integer.toUnsignedLong(word)).isEqualTo(golden.get(i).asLong());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldGiveTheNoiseOfTheOriginal(String seed) {
        // Given
        float[] uniform = GOLDENS.floats("uniform_" + seed + ".npy");
        float[] gumbel = GOLDENS.floats("gumbel_" + seed + ".npy");
        long key = Threefry.first(Long.parseLong(seed));

        // Then
        for (int i = 0; i < uniform.length; i++) {
            assertThat(Threefry.uniform(key, i, uniform.length)).isEqualTo(uniform[i]);
        }
        for (int i = 0; i < gumbel.length; i++) {
            assertThat(Threefry.gumbel(key, i, gumbel.length)).isCloseTo(gumbel[i], within(1e-6f));
        }
    }

    @Test
    void shouldPadAnOddNumberOfWordsWithZero() {
        // Given: 3 words are the blocks of the counters (0, 2) and (1, 0)
        long key = 42;

        // When
        int last = Threefry.bits(key, 2, 3);

        // Then: the third word is the other half of the first block, which an array of four has as well
        assertThat(last).isEqualTo(Threefry.bits(key, 2, 4));
        assertThat(Threefry.bits(key, 1, 3)).isNotEqualTo(Threefry.bits(key, 1, 4));
    }

    private static long key(JsonNode words) {
        return words.get(0).asLong() << 32 | words.get(1).asLong();
    }
}
