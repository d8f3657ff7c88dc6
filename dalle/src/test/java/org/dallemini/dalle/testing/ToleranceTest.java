package org.dallemini.dalle.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ToleranceTest {
    @Test
    void shouldAcceptWhatIsClose() {
        float[] infinite = {1, Float.NEGATIVE_INFINITY};
        Tolerance.assertClose("values", new float[] {1.05f, Float.NEGATIVE_INFINITY}, infinite, 0.1f);
        assertThat(Tolerance.maxDifference(new float[] {1, 2}, new float[] {1.5f, 2}))
                .isEqualTo(0.5f);
    }

    @Test
    void shouldNameTheWorstPlace() {
        assertThatThrownBy(
                        () -> Tolerance.assertClose("values", new float[] {1, 2.5f, 4}, new float[] {1.2f, 2, 4}, 0.1f))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("values: differs by 0.5 at [1] (2.5, not 2.0); 0.1 is allowed");
    }

    @Test
    void shouldNeverAcceptNan() {
        float[] nan = {1, Float.NaN, 3};
        float[] numbers = {1, 2, 3};
        assertThatThrownBy(() -> Tolerance.assertClose("values", nan, numbers, 1e9f))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Tolerance.assertClose("values", numbers, nan, 1e9f))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void shouldNotAcceptAnotherLength() {
        assertThatThrownBy(() -> Tolerance.assertClose("values", new float[1], new float[2], 1))
                .hasMessageContaining("1 elements, not 2");
    }
}
