package org.dallemini.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EpochOrderTest {
    private static final int SIZE = 100;

    @Test
    void shouldShowEachSampleOnceInEachEpochInAnotherOrder() {
        EpochOrder order = new EpochOrder(SIZE, 7);

        int[] first = IntStream.range(0, SIZE).map(order::at).toArray();
        int[] second = IntStream.range(SIZE, 2 * SIZE).map(order::at).toArray();

        int[] all = IntStream.range(0, SIZE).toArray();
        assertThat(Arrays.stream(first).sorted().toArray()).isEqualTo(all);
        assertThat(Arrays.stream(second).sorted().toArray()).isEqualTo(all);
        assertThat(second).isNotEqualTo(first).isNotEqualTo(all);
    }

    @Test
    void shouldGoOnAnywhere() {
        int there = new EpochOrder(SIZE, 7).at(3 * SIZE + 5);

        EpochOrder order = new EpochOrder(SIZE, 7);
        int last = -1;
        for (int i = 0; i <= 3 * SIZE + 5; i++) {
            last = order.at(i);
        }

        assertThat(last).isEqualTo(there);
    }
}
