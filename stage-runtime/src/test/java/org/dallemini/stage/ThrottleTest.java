package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ThrottleTest {
    private static final TopicPartition URGENT = new TopicPartition("urgent", 0);
    private static final TopicPartition BULK = new TopicPartition("bulk", 0);
    private static final TopicPartition MORE_BULK = new TopicPartition("bulk", 1);

    private final int[] waiting = {0, 0};
    private final int[] capacity = {8, 8};
    private final Throttle throttle =
            new Throttle(List.of(new StageInput("urgent"), new StageInput("bulk")), new Counts(), 20);

    @Test
    void shouldFetchFromAllWhileTheEngineHasRoom() {
        assertThat(throttle.open(Map.of(URGENT, 0, BULK, 0, MORE_BULK, 0)))
                .containsExactlyInAnyOrder(URGENT, BULK, MORE_BULK);
    }

    @Test
    void shouldCloseALaneThatIsFullAndNoOther() {
        waiting[1] = 8;

        assertThat(throttle.open(Map.of(URGENT, 0, BULK, 4, MORE_BULK, 4))).containsExactly(URGENT);
    }

    @Test
    void shouldCloseALaneThatTheEngineGivesNoRoom() {
        capacity[1] = 0;

        assertThat(throttle.open(Map.of(URGENT, 0, BULK, 0))).containsExactly(URGENT);
    }

    @Test
    void shouldLetAPartitionAboveItsFairShareWaitOnceTheLaneIsHalfFull() {
        waiting[1] = 3;
        assertThat(throttle.open(Map.of(BULK, 10, MORE_BULK, 1))).containsExactlyInAnyOrder(BULK, MORE_BULK);

        waiting[1] = 4;
        assertThat(throttle.open(Map.of(BULK, 10, MORE_BULK, 1))).containsExactly(MORE_BULK);
    }

    @Test
    void shouldCloseAPartitionWithTooManyUncommittedRecords() {
        assertThat(throttle.open(Map.of(URGENT, 20, BULK, 19))).containsExactly(BULK);
    }

    private final class Counts implements Engine<String, String> {
        @Override
        public int capacity(int lane) {
            return capacity[lane];
        }

        @Override
        public int waiting(int lane) {
            return waiting[lane];
        }

        @Override
        public void submit(Task<String, String> task) {
            throw new AssertionError("the throttle only asks");
        }

        @Override
        public void close() {}
    }
}
