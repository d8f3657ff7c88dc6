package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionBacklogTest {
    private static final Uuid TOPIC = Uuid.randomUuid();

    private final PartitionBacklog<String, String> lane = new PartitionBacklog<>();
    private final List<InFlightRecord<String, String>> rows = new ArrayList<>();
    private final List<Task<String, String>> tasks = new ArrayList<>();

    @BeforeEach
    void fillWithFourRows() {
        lane.place(TOPIC, new OffsetAndMetadata(10), new OffsetAndMetadata(10));
        for (int offset = 10; offset < 14; offset++) {
            var row = new InFlightRecord<String, String>(
                    new ConsumerRecord<>("t", 0, offset, new byte[0], new byte[0]), 0, 0);
            var task = new Task<String, String>("in", 0, () -> {});
            row.handTo(task);
            lane.add(row);
            rows.add(row);
            tasks.add(task);
        }
        lane.readUpTo(new OffsetAndMetadata(15)); // over the marker of a transaction
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
        lane.committed(3, lane.offsetAfter(3));
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

        lane.dropBelow(TopicOffset.of(13, Optional.empty(), TOPIC));

        assertThat(lane.size()).isEqualTo(1);
        assertThat(tasks.get(2).isCancelled()).isTrue();
        assertThat(tasks.get(3).isCancelled()).isFalse();
    }

    @Test
    void shouldFindRowsThatWaitToBeDecoded() {
        assertThat(lane.firstUndecided()).isNull();
        var row = new InFlightRecord<String, String>(new ConsumerRecord<>("t", 0, 14, new byte[0], new byte[0]), 0, 0);
        lane.add(row);

        assertThat(lane.firstUndecided()).isSameAs(row);
        lane.cancelAll();
        assertThat(lane.isEmpty()).isTrue();
        assertThat(tasks).allMatch(Task::isCancelled);
    }

    @Test
    void shouldCommitUpToTheNextRowAndUpToThePositionWhenThereIsNone() {
        assertThat(lane.offsetAfter(2).offset()).isEqualTo(12);
        assertThat(lane.offsetAfter(4).offset()).as("beyond the marker").isEqualTo(15);
        assertThat(lane.isAhead()).as("while rows are in hand").isFalse();

        lane.committed(4, lane.offsetAfter(4));
        assertThat(lane.isAhead()).isFalse();
        lane.readUpTo(new OffsetAndMetadata(17));

        assertThat(lane.isAhead()).isTrue();
        assertThat(lane.offsetAfter(0).offset()).isEqualTo(17);
    }

    @Test
    void shouldNeverCommitBeyondWhatItGaveUp() {
        // Given
        finish(0);

        // When
        lane.keepWhatHasBegun();

        // Then
        assertThat(lane.offsetAfter(1).offset()).isEqualTo(11);
        lane.committed(1, lane.offsetAfter(1));
        assertThat(lane.isAhead()).isFalse();
    }

    @Test
    void shouldLeaveOffsetsOfAnotherTopicOfTheNameAlone() {
        lane.dropBelow(TopicOffset.of(13, Optional.empty(), Uuid.randomUuid()));

        assertThat(lane.size()).isEqualTo(4);
    }

    @Test
    void shouldForgetWhatBelongsToATopicThatIsGone() {
        lane.forget();

        assertThat(lane.isEmpty()).isTrue();
        assertThat(lane.hasBegun()).isFalse();
        assertThat(lane.isPlaced()).isFalse();
        assertThat(lane.isAhead()).isFalse();
        assertThat(tasks).allMatch(Task::isCancelled);
    }

    private void finish(int row) {
        tasks.get(row).start();
        tasks.get(row).complete("out");
    }
}
