package org.dallemini.dalle.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    private static final LogitsGoldens GOLDENS = new LogitsGoldens();
    private static final SamplingParameters ALL = new SamplingParameters(1, 0, 1, 1);

    static Stream<JsonNode> cases() {
        return IntStream.range(0, GOLDENS.json().get("cases").size())
                .mapToObj(i -> GOLDENS.json().get("cases").get(i));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldKeepTheTokensThatTheWarpersOfTheOriginalKeep(JsonNode golden) {
        // Given
        float[] expected = GOLDENS.floats(golden.get("file").asText());
        // The original takes a top_p of 0, which keeps the likeliest token alone, as the smallest p above 0 does.
        float topP = Math.max(golden.get("top_p").floatValue(), Float.MIN_VALUE);
        SamplingParameters p = new SamplingParameters(
                golden.get("temperature").floatValue(), golden.get("top_k").asInt(), topP, 1);
        Sampler sampler = new Sampler(GOLDENS.vocabulary());
        float[] kept = new float[expected.length];
        Arrays.fill(kept, Float.NEGATIVE_INFINITY);

        // When
        for (int row = 0; row < GOLDENS.rows(); row++) {
            int at = row * GOLDENS.vocabulary();
            int n = sampler.select(p, GOLDENS.logits(), at, -1);
            for (int i = 0; i < n; i++) {
                kept[at + sampler.token(i)] = sampler.logit(i);
            }
        }

        // Then
        assertThat(kept).containsExactly(expected, within(1e-5f));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10})
    void shouldGuideAsTheOriginal(int scale) {
        // Given: conditional rows, then unconditional ones
        float[] uncond = GOLDENS.floats("uncond.npy");
        int n = uncond.length;
        FloatBuffer logits =
                FloatBuffer.allocate(2 * n).put(GOLDENS.logits()).put(uncond).flip();
        float[] expected = GOLDENS.floats("guided_" + scale + ".npy");
        Sampler sampler = new Sampler(GOLDENS.vocabulary());
        SamplingParameters p = new SamplingParameters(1, 0, 1, scale);

        for (int row = 0; row < GOLDENS.rows(); row++) {
            // When
            int at = row * GOLDENS.vocabulary();
            int kept = sampler.select(p, logits, at, n + at);

            // Then
            assertThat(kept).isEqualTo(GOLDENS.vocabulary());
            for (int i = 0; i < kept; i++) {
                assertThat(sampler.logit(i)).isCloseTo(expected[at + sampler.token(i)], within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "42", "2147483655"})
    void shouldDrawAsTheOriginalDrawsTheRowsOfABatch(String seed) {
        // Given
        JsonNode golden = GOLDENS.json().get("rng").get(seed).get("categorical_of_input");
        long key = Threefry.first(Long.parseLong(seed));
        Sampler sampler = new Sampler(GOLDENS.vocabulary());

        for (int row = 0; row < GOLDENS.rows(); row++) {
            // When
            SamplingParameters p = new SamplingParameters(1, 0, 1, 1, row, GOLDENS.rows());
            int token = sampler.draw(p, GOLDENS.logits(), row * GOLDENS.vocabulary(), -1, key);

            // Then
            assertThat(token).isEqualTo(golden.get(row).asInt());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 50, 999, 1000, 5000})
    void shouldSelectTheSameTopKAsASortWithTiesToTheLowerIndex(int k) {
        // Given: many equal logits, both zeros among them
        Random random = new Random(k);
        int vocabulary = 1000;
        float[] logits = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            logits[i] = (random.nextInt(41) - 20) / 8f * (random.nextBoolean() ? 1 : -1);
        }
        int[] expected = IntStream.range(0, vocabulary)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -(logits[i] + 0f)))
                .limit(k)
                .mapToInt(Integer::intValue)
                .toArray();
        Sampler sampler = new Sampler(vocabulary);

        // When
        int n = sampler.select(new SamplingParameters(1, k, 1, 1), FloatBuffer.wrap(logits), 0, -1);

        // Then
        assertThat(IntStream.range(0, n).map(sampler::token).toArray()).containsExactlyInAnyOrder(expected);
    }

    @ParameterizedTest
    @ValueSource(floats = {1e-6f, 0.1f, 0.5f, 0.9f, 0.999f})
    void shouldSelectTheSameNucleusAsASortWithTiesToTheLowerIndex(float topP) {
        // Given: logits of very different sizes, some of them equal
        Random random = new Random(17);
        int vocabulary = 1000;
        float[] logits = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            logits[i] = i % 10 == 0 ? random.nextInt(8) : (float) random.nextGaussian() * 60;
        }
        int[] sorted = IntStream.range(0, vocabulary)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -logits[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double sum = Arrays.stream(sorted)
                .mapToDouble(i -> Math.exp(logits[i] - logits[sorted[0]]))
                .sum();
        int kept = 0;
        for (double before = 0; kept == 0 || before < topP; kept++) {
            before += Math.exp(logits[sorted[kept]] - logits[sorted[0]]) / sum;
        }
        Sampler sampler = new Sampler(vocabulary);

        // When
        int n = sampler.select(new SamplingParameters(1, 0, topP, 1), FloatBuffer.wrap(logits), 0, -1);

        // Then
        assertThat(IntStream.range(0, n).map(sampler::token).toArray())
                .containsExactlyInAnyOrder(Arrays.copyOf(sorted, kept));
    }

    @Test
    void shouldTakeTheFirstOfTheLikeliestWhenGreedy() {
        // Given
        FloatBuffer logits = FloatBuffer.wrap(new float[] {1, 5, 2, 5, 5});

        // When
        int token = new Sampler(5).draw(new SamplingParameters(1, 1, 1, 1), logits, 0, -1, 7);

        // Then
        assertThat(token).isEqualTo(1);
    }

    @Test
    void shouldDrawTokensAsOftenAsTheirProbabilities() {
        // Given
        float[] probabilities = {0.5f, 0.3f, 0.15f, 0.05f};
        FloatBuffer logits = FloatBuffer.allocate(4);
        for (int i = 0; i < 4; i++) {
            logits.put(i, (float) Math.log(probabilities[i]));
        }
        Sampler sampler = new Sampler(4);
        int draws = 20_000;
        int[] counts = new int[4];

        // When
        for (long key = 0; key < draws; key++) {
            counts[sampler.draw(ALL, logits, 0, -1, Threefry.first(key))]++;
        }

        // Then: within 5 standard deviations
        for (int i = 0; i < 4; i++) {
            double p = probabilities[i];
            assertThat(counts[i]).isCloseTo((int) (p * draws), within((int) (5 * Math.sqrt(p * (1 - p) * draws))));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 9})
    void shouldRefuseLogitsThatAreNotNumbers(int broken) {
        // Given
        float[] logits = {9, 1, 2, 3, 4, 5, 6, 7, 8, 0};
        logits[broken] = Float.NaN;

        // Then
        assertThatThrownBy(() ->
                        new Sampler(10).draw(new SamplingParameters(1, 2, 1, 1), FloatBuffer.wrap(logits), 0, -1, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the logit of token %d is not a number", broken);
    }
}
