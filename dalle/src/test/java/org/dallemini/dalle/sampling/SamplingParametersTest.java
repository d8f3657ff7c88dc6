package org.dallemini.dalle.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingParametersTest {

    @ParameterizedTest
    @CsvSource({
        "0, 50, 1, 1, 0, 1, temperature",
        "-1, 50, 1, 1, 0, 1, temperature",
        "NaN, 50, 1, 1, 0, 1, temperature",
        "Infinity, 50, 1, 1, 0, 1, temperature",
        "1, -1, 1, 1, 0, 1, topK",
        "1, 50, 0, 1, 0, 1, topP",
        "1, 50, 1.01, 1, 0, 1, topP",
        "1, 50, NaN, 1, 0, 1, topP",
        "1, 50, 1, -1, 0, 1, guidanceScale",
        "1, 50, 1, Infinity, 0, 1, guidanceScale",
        "1, 50, 1, 1, 0, 0, batchSize",
        "1, 50, 1, 1, 0, 4097, batchSize",
        "1, 50, 1, 1, 3, 3, batchIndex",
        "1, 50, 1, 1, -1, 3, batchIndex"
    })
    void shouldNameTheValueThatIsOutOfRange(
            float temperature, int topK, float topP, float guidance, int index, int size, String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplingParameters(temperature, topK, topP, guidance, index, size))
                .withMessageStartingWith(name + " is ");
    }

    @Test
    void shouldNeedNoUnconditionalTextAtGuidanceOne() {
        assertThat(new SamplingParameters(1, 50, 1, 1).guided()).isFalse();
        assertThat(new SamplingParameters(1, 50, 1, 0).guided()).isTrue();
        assertThat(new SamplingParameters(1, 50, 1, 10).guided()).isTrue();
    }
}
