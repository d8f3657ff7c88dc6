package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.dallemini.chaos.Disruption.Kind;
import org.junit.jupiter.api.Test;

class DisruptionTest {
    private static final Disruption.Amount AMOUNT = new Disruption.Amount(60, 10, 4, 3);

    @Test
    void shouldPlanAsMuchAsAskedForInRisingOrder() {
        List<Disruption> plan = Disruption.plan(AMOUNT, new Random(5));

        assertThat(plan.stream().filter(d -> d.kind() == Kind.KILL)).hasSize(60);
        assertThat(plan.stream().filter(d -> d.kind() == Kind.SCALE_UP)).hasSize(10);
        assertThat(plan.stream().filter(d -> d.kind() == Kind.SCALE_DOWN)).hasSize(10);
        assertThat(plan.stream().filter(d -> d.kind() == Kind.FREEZE)).hasSize(4);
        assertThat(plan.stream().filter(d -> d.kind() == Kind.KILL_SERVERS)).hasSize(3);
        assertThat(plan).extracting(Disruption::share).isSorted().allMatch(share -> share >= 0 && share < 1);
    }

    @Test
    void shouldPlanTheSameForTheSameSeed() {
        assertThat(Disruption.plan(AMOUNT, new Random(5))).isEqualTo(Disruption.plan(AMOUNT, new Random(5)));
        assertThat(Disruption.plan(AMOUNT, new Random(5))).isNotEqualTo(Disruption.plan(AMOUNT, new Random(6)));
    }
}
