package org.dallemini.footprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.dallemini.footprint.UsageMeter.Work;
import org.junit.jupiter.api.Test;

class UsageMeterTest {
    private double seconds = 100;
    private final UsageMeter meter = new UsageMeter(() -> new Usage(seconds, 10 * seconds, 0));

    private void pass(double processorSeconds) {
        seconds += processorSeconds;
    }

    @Test
    void shouldTellWhatAWorkAloneHasUsed() {
        pass(5);
        Work work = meter.begin();
        pass(2);
        Usage used = work.end();
        pass(7);
        assertThat(used.processorSeconds()).isCloseTo(2, within(1e-9));
        assertThat(used.packageJoules()).isCloseTo(20, within(1e-9));
    }

    @Test
    void shouldShareWhatWorksUseTogether() {
        // Given: one from 0 to 6, one from 2 to 4
        Work one = meter.begin();
        pass(2);
        Work other = meter.begin();
        pass(2);
        Usage ofOther = other.end();
        pass(2);
        Usage ofOne = one.end();

        // Then
        assertThat(ofOther.processorSeconds()).isCloseTo(1, within(1e-9));
        assertThat(ofOne.processorSeconds()).isCloseTo(5, within(1e-9));
    }

    @Test
    void shouldCountNothingAfterTheEnd() {
        Work work = meter.begin();
        pass(3);
        assertThat(work.end().processorSeconds()).isCloseTo(3, within(1e-9));
        pass(4);
        assertThat(work.end().processorSeconds()).isZero();
        Work next = meter.begin();
        pass(1);
        assertThat(next.end().processorSeconds()).isCloseTo(1, within(1e-9));
    }

    @Test
    void shouldCountTheProcessorTimeOfThisProcess() {
        Work work = UsageMeter.ofThisProcess().begin();
        double sum = 0;
        for (int i = 1; i < 20_000_000; i++) {
            sum += Math.sqrt(i);
        }
        assertThat(sum).isPositive();
        assertThat(work.end().processorSeconds()).isPositive();
    }
}
