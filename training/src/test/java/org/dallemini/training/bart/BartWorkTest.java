package org.dallemini.training.bart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.dallemini.dalle.config.BartConfig;
import org.junit.jupiter.api.Test;

class BartWorkTest {
    @Test
    void shouldCountTheProductsOfAModelThatIsEasyToCount() {
        // one layer each, width 2, inner width 2, 1 text token, 1 image token, vocabulary 3
        BartConfig config = new BartConfig(2, 1, 1, 1, 1, 2, 2, 10, 2, 1, 4, 2, 2, 2, true);

        double operations = BartWork.operations(config, 1);

        // multiplications, by 2 for the additions and by 3 for the way back:
        // encoder 4 * 4 projections, 3 * 4 GLU, 2 * 2 attention; decoder 6 * 4 + 2 * 4, 12, 2 * 2 * 2; head 2 * 3
        assertThat(operations).isCloseTo(6 * (16 + 12 + 4 + 32 + 12 + 8 + 6), within(1e-9));
    }
}
