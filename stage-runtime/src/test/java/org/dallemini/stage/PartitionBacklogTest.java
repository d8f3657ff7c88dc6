package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Uuid;
import org.dallemini.stage.tracing.TraceSpan;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionBacklogTest {
    private static final Uuid TOPIC = Uuid.randomUuid();

    private final PartitionBacklog<String, String> backlog = new PartitionBacklog<>();
    private final List<InFlightRecord<String, String>> records = new ArrayList<>();
    private final List<Task<String, String>> tasks = new ArrayList<>();

    @BeforeEach
    void fillWithFourRows() {
        backlog.place(TOPIC, new OffsetAndMetadata(10), new OffsetAndMetadata(10));
        for (int offset = 10; offset < 14; offset++) {
            var record = new InFlightRecord<String, String>(
                    new ConsumerRecord<>("t", 0, offset, new byte[0], new byte[0]), 0, 0, TraceSpan.NONE);
            var task = new Task<String, String>("in", 0, () -> {});
            record.handTo(task);
            backlog.add(record);
            records.add(record);
            tasks.add(task);
        }
        backlog.readUpTo(new OffsetAndMetadata(15)); // over the marker of a transaction
    }

    @Test
    void shouldHoldFinishedRowsBackBehindAnUnfinishedOne() {
        // When
        finish(1);
        finish(2);

        // Then
        assertThat(backlog.finished()).isEmpty();
        finish(0);
        assertThat(backlog.finished()).containsExactly(records.get(0), records.get(1), records.get(2));
        assertThat(backlog.size()).as("until they are committed").isEqualTo(4);
        backlog.committed(3, backlog.offsetAfter(3));
        assertThat(backlog.size()).isEqualTo(1);
    }

    @Test
    void shouldCountRefusedRowsAsFinished() {
        finish(0);
        records.get(1).refuse(ErrorCode.UNDECODABLE_RECORD, "no", null);

        assertThat(backlog.finished()).containsExactly(records.get(0), records.get(1));
    }

    @Test
    void shouldKeepOnlyWhatPrecedesTheFirstRowThatHasNotBegun() {
        // Given
        finish(0);
        tasks.get(1).start();
        finish(3);

        // When
        backlog.cancelNotBegun();

        // Then
        assertThat(backlog.size())
                .as("the finished record behind the gap can never be committed")
                .isEqualTo(2);
        assertThat(tasks.get(2).isCancelled()).isTrue();
        assertThat(backlog.isActive()).isTrue();
        tasks.get(1).complete("out");
        assertThat(backlog.finished()).containsExactly(records.get(0), records.get(1));
        assertThat(backlog.isActive()).isFalse();
    }

    @Test
    void shouldDropWhatTheBrokerHasAsCommitted() {
        tasks.get(2).start();

        backlog.dropBelow(TopicOffset.of(13, Optional.empty(), TOPIC));

        assertThat(backlog.size()).isEqualTo(1);
        assertThat(tasks.get(2).isCancelled()).isTrue();
        assertThat(tasks.get(3).isCancelled()).isFalse();
    }

    @Test
    void shouldFindRowsThatWaitToBeDecoded() {
        assertThat(backlog.firstUndecoded()).isNull();
        var record = new InFlightRecord<String, String>(
                new ConsumerRecord<>("t", 0, 14, new byte[0], new byte[0]), 0, 0, TraceSpan.NONE);
        backlog.add(record);

        assertThat(backlog.firstUndecoded()).isSameAs(record);
        backlog.cancelAll();
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(tasks).allMatch(Task::isCancelled);
    }

    @Test
    void shouldCommitUpToTheNextRowAndUpToThePositionWhenThereIsNone() {
        assertThat(backlog.offsetAfter(2).offset()).isEqualTo(12);
        assertThat(backlog.offsetAfter(4).offset()).as("beyond the marker").isEqualTo(15);
        assertThat(backlog.isAhead()).as("while records are in hand").isFalse();

        backlog.committed(4, backlog.offsetAfter(4));
        assertThat(backlog.isAhead()).isFalse();
        backlog.readUpTo(new OffsetAndMetadata(17));

        assertThat(backlog.isAhead()).isTrue();
        assertThat(backlog.offsetAfter(0).offset()).isEqualTo(17);
    }

    @Test
    void shouldNeverCommitBeyondWhatItGaveUp() {
        // Given
        finish(0);

        // When
        backlog.cancelNotBegun();

        // Then
        assertThat(backlog.offsetAfter(1).offset()).isEqualTo(11);
        backlog.committed(1, backlog.offsetAfter(1));
        assertThat(backlog.isAhead()).isFalse();
    }

    @Test
    void shouldLeaveOffsetsOfAnotherTopicOfTheNameAlone() {
        backlog.dropBelow(TopicOffset.of(13, Optional.empty(), Uuid.randomUuid()));

        assertThat(backlog.size()).isEqualTo(4);
    }

    @Test
    void shouldForgetWhatBelongsToATopicThatIsGone() {
        backlog.forget();

        assertThat(backlog.isEmpty()).isTrue();
        assertThat(backlog.hasBegun()).isFalse();
        assertThat(backlog.isPlaced()).isFalse();
        assertThat(backlog.isAhead()).isFalse();
        assertThat(tasks).allMatch(Task::isCancelled);
    }

    private void finish(int record) {
        tasks.get(record).start();
        tasks.get(record).complete("out");
    }
}
