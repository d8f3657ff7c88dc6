package org.dallemini.ingest.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.junit.jupiter.api.Test;

class AlarmTest {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofMillis(300);

    private final MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
    private final List<Long> times = new ArrayList<>();
    private final Alarm alarm = new Alarm(context, times::add);

    AlarmTest() {
        context.setCurrentSystemTimeMs(1_000);
    }

    private List<Duration> pending() {
        return context.scheduledPunctuators().stream()
                .filter(one -> !one.cancelled())
                .map(CapturedPunctuator::getInterval)
                .toList();
    }

    private void goOff(long now) {
        context.setCurrentSystemTimeMs(now);
        context.scheduledPunctuators().stream()
                .filter(one -> !one.cancelled())
                .toList()
                .forEach(one -> one.getPunctuator().punctuate(now));
    }

    @Test
    void shouldScheduleNothingUntilItIsSet() {
        assertThat(pending()).isEmpty();
    }

    @Test
    void shouldGoOffOnce() {
        // Given
        alarm.setIn(SHORT);

        // When
        goOff(1_100);

        // Then
        assertThat(times).containsExactly(1_100L);
        assertThat(pending()).isEmpty();
    }

    @Test
    void shouldKeepTheEarlierOfTwoTimes() {
        // When
        alarm.setIn(SHORT);
        alarm.setIn(LONG);

        // Then
        assertThat(pending()).containsExactly(SHORT);

        // When
        goOff(1_100);
        alarm.setIn(LONG);
        alarm.setIn(SHORT);

        // Then
        assertThat(pending()).containsExactly(SHORT);
    }

    @Test
    void shouldBeSetAgainByWhatItCalls() {
        // Given
        Alarm[] self = new Alarm[1];
        self[0] = new Alarm(context, now -> self[0].setIn(LONG));
        self[0].setIn(SHORT);

        // When
        goOff(1_100);

        // Then
        assertThat(pending()).containsExactly(LONG);
    }
}
