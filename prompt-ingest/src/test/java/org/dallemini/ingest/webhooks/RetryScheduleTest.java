package org.dallemini.ingest.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
    private final RetrySchedule schedule = new RetrySchedule(new Random(20261128));

    @Test
    void shouldWaitAsTheSpecificationSaysAndAtMostAFifthLonger() {
        for (int attempts = 1; attempts <= RetrySchedule.PAUSES.size(); attempts++) {
            Duration planned = RetrySchedule.PAUSES.get(attempts - 1);
            assertThat(schedule.pause(attempts, null).orElseThrow())
                    .isBetween(planned, planned.plus(planned.dividedBy(5)));
        }
        assertThat(schedule.pause(RetrySchedule.PAUSES.size() + 1, null)).isEmpty();
        assertThat(RetrySchedule.PAUSES.stream().reduce(Duration.ZERO, Duration::plus))
                .isGreaterThan(Duration.ofDays(3));
    }

    @Test
    void shouldNotAllWaitEquallyLong() {
        assertThat(schedule.pause(3, null)).isNotEqualTo(schedule.pause(3, null));
    }

    @Test
    void shouldWaitAsLongAsTheReceiverAsksButNotForEver() {
        assertThat(schedule.pause(1, Duration.ofMinutes(1)).orElseThrow())
                .isBetween(Duration.ofMinutes(1), Duration.ofSeconds(72));
        assertThat(schedule.pause(2, Duration.ofSeconds(1)).orElseThrow())
                .isGreaterThanOrEqualTo(Duration.ofMinutes(5));
        assertThat(schedule.pause(1, Duration.ofDays(365)).orElseThrow()).isLessThan(Duration.ofHours(29));
        assertThat(schedule.pause(10, Duration.ofMinutes(1))).isEmpty();
    }
}
