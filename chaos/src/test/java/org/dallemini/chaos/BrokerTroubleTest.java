package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BrokerTroubleTest {

    @Test
    void shouldPlanEachTroubleAndKillsAsOftenAsAskedFor() {
        List<BrokerTrouble> plan = BrokerTrouble.plan(7, new Random(1));

        assertThat(plan).hasSize(15);
        for (BrokerTrouble trouble : BrokerTrouble.values()) {
            assertThat(Collections.frequency(plan, trouble))
                    .as(trouble.name())
                    .isEqualTo(trouble == BrokerTrouble.KILLED ? 7 : 2);
        }
        assertThat(BrokerTrouble.plan(1, new Random(1))).containsExactlyInAnyOrder(BrokerTrouble.values());
    }

    @Test
    void shouldPlanTheSameForTheSameSeed() {
        assertThat(BrokerTrouble.plan(9, new Random(5))).isEqualTo(BrokerTrouble.plan(9, new Random(5)));
        assertThat(BrokerTrouble.plan(9, new Random(5))).isNotEqualTo(BrokerTrouble.plan(9, new Random(6)));
    }
}
