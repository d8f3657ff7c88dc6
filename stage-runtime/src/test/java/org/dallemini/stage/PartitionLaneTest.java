package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionLaneTest {
    private final PartitionLane<String, String> lane = new PartitionLane<>();
    private final List<Row<String, String>> rows = new ArrayList<>();
    private final List<Task<String, String>> tasks = new ArrayList<>();

    @BeforeEach
    void fillWithFourRows() {
        for (int offset = 10; offset < 14; offset++) {
            var row = new Row<String, String>(new ConsumerRecord<>("t", 0, offset, new byte[0], new byte[0]), 0, 0);
            var task = new Task<String, String>("in", 0, () -> {});
            row.handTo(task);
            lane.add(row);
            rows.add(row);
            tasks.add(task);
        }
    }

    @Test
    void shouldHoldFinishedRowsBackBehindAnUnfinishedOne() {
        // When
        finish(1);
        finish(2);

        // Then
        assertThat(lane.finished()).isEmpty();
        finish(0);
        assertThat(lane.finished()).containsExactly(rows.get(0), rows.get(1), rows.get(2));
        assertThat(lane.size()).as("until they are committed").isEqualTo(4);
        lane.committed(3);
        assertThat(lane.size()).isEqualTo(1);
    }

    @Test
    void shouldCountRefusedRowsAsFinished() {
        finish(0);
        rows.get(1).refuse(ErrorCode.UNDECODABLE_RECORD, "no", null);

        assertThat(lane.finished()).containsExactly(rows.get(0), rows.get(1));
    }

    @Test
    void shouldKeepOnlyWhatPrecedesTheFirstRowThatHasNotBegun() {
        // Given
        finish(0);
        tasks.get(1).start();
        finish(3);

        // When
        lane.keepWhatHasBegun();

        // Then
        assertThat(lane.size())
                .as("the finished row behind the gap can never be committed")
                .isEqualTo(2);
        assertThat(tasks.get(2).isCancelled()).isTrue();
        assertThat(lane.isActive()).isTrue();
        tasks.get(1).complete("out");
        assertThat(lane.finished()).containsExactly(rows.get(0), rows.get(1));
        assertThat(lane.isActive()).isFalse();
    }

    @Test
    void shouldDropWhatTheBrokerHasAsCommitted() {
        tasks.get(2).start();

        lane.dropBelow(13);

        assertThat(lane.size()).isEqualTo(1);
        assertThat(tasks.get(2).isCancelled()).isTrue();
        assertThat(tasks.get(3).isCancelled()).isFalse();
    }

    @Test
    void shouldFindRowsThatWaitToBeDecoded() {
        assertThat(lane.firstUndecided()).isNull();
        var row = new Row<String, String>(new ConsumerRecord<>("t", 0, 14, new byte[0], new byte[0]), 0, 0);
        lane.add(row);

        assertThat(lane.firstUndecided()).isSameAs(row);
        lane.cancelAll();
        assertThat(lane.isEmpty()).isTrue();
        assertThat(tasks).allMatch(Task::isCancelled);
    }

    private void finish(int row) {
        tasks.get(row).start();
        tasks.get(row).complete("out");
    }
}
