package org.dallemini.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EpochOrderTest {
    private static final int SIZE = 100;

    @Test
    void shouldShowEachSampleOnceInEachEpochInAnotherOrder() {
        EpochOrder order = new EpochOrder(ones(), 7);

        int[] first = IntStream.range(0, SIZE).map(order::at).toArray();
        int[] second = IntStream.range(SIZE, 2 * SIZE).map(order::at).toArray();

        int[] all = IntStream.range(0, SIZE).toArray();
        assertThat(Arrays.stream(first).sorted().toArray()).isEqualTo(all);
        assertThat(Arrays.stream(second).sorted().toArray()).isEqualTo(all);
        assertThat(second).isNotEqualTo(first).isNotEqualTo(all);
    }

    @Test
    void shouldGoOnAnywhere() {
        int there = new EpochOrder(ones(), 7).at(3 * SIZE + 5);

        EpochOrder order = new EpochOrder(ones(), 7);
        int last = -1;
        for (int i = 0; i <= 3 * SIZE + 5; i++) {
            last = order.at(i);
        }

        assertThat(last).isEqualTo(there);
    }

    @Test
    void shouldShowSamplesByTheirWeights() {
        double[] weights = ones();
        Arrays.fill(weights, 0, 50, 0.2);
        Arrays.fill(weights, 50, 60, 2);
        EpochOrder order = new EpochOrder(weights, 7);
        int epochs = 10;

        int[] seen = new int[SIZE];
        for (int i = 0; i < epochs * order.size(); i++) {
            seen[order.at(i)]++;
        }

        assertThat(order.size()).isEqualTo(70);
        assertThat(Arrays.stream(seen, 0, 50).sum()).isBetween(95, 105);
        assertThat(Arrays.copyOfRange(seen, 50, 60)).containsOnly(2 * epochs);
        assertThat(Arrays.copyOfRange(seen, 60, SIZE)).containsOnly(epochs);
    }

    private static double[] ones() {
        double[] ones = new double[SIZE];
        Arrays.fill(ones, 1);
        return ones;
    }
}
