package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.dallemini.events.ImageTokens;
import org.dallemini.stage.tracing.TraceSpan;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With Kafka's own doubles of its clients, for failures that a real broker shows once a year. */
class TransactionalCommitterTest {
    private static final TopicPartition PARTITION = new TopicPartition("requests", 0);

    private static final Uuid TOPIC = Uuid.randomUuid();

    private final Member consumer = new Member();
    private final Deque<MockProducer<byte[], byte[]>> producers = new ArrayDeque<>();
    private final PartitionBacklog<String, ImageTokens> backlog = new PartitionBacklog<>();
    private final Map<TopicPartition, PartitionBacklog<String, ImageTokens>> backlogs = Map.of(PARTITION, backlog);
    private final HealthDetails healthDetails = new HealthDetails("stage");
    private int unresolved;
    private final TransactionalCommitter<String, ImageTokens> committer = new TransactionalCommitter<>(
            "stage",
            consumer,
            this::producer,
            new OutputEncoder<>(
                    new StageDefinition<>(
                            "stage", List.of(), ImageTokens.class, "tokens", tokens -> "key", new NoEngine()),
                    (topic, tokens) -> new byte[0],
                    1000),
            healthDetails,
            new StageMeters(new SimpleMeterRegistry(), "stage", () -> true));

    @BeforeEach
    void assignTwoFinishedRows() {
        consumer.assign(List.of(PARTITION));
        backlog.place(TOPIC, new OffsetAndMetadata(10), new OffsetAndMetadata(10));
        for (int offset = 10; offset < 12; offset++) {
            var record = new InFlightRecord<String, ImageTokens>(
                    new ConsumerRecord<>("requests", 0, offset, new byte[] {1}, new byte[] {2}), 0, 0, TraceSpan.NONE);
            record.refuse(ErrorCode.INVALID_RECORD, "no", null);
            backlog.add(record);
        }
        backlog.readUpTo(new OffsetAndMetadata(12));
    }

    @Test
    void shouldPutOutputsAndOffsetsIntoOneTransaction() {
        // Given
        committer.open(backlogs);

        // When
        boolean committed = committer.commit(backlogs, false);

        // Then
        assertThat(committed).isTrue();
        assertThat(producers.getLast().history())
                .extracting(ProducerRecord::topic)
                .containsExactly("requests.dlq", "requests.dlq");
        assertThat(producers.getLast().consumerGroupOffsetsHistory())
                .containsExactly(Map.of("group", Map.of(PARTITION, offset(12))));
        assertThat(backlog.isEmpty()).isTrue();
    }

    @Test
    void shouldCommitHowFarALaneWasReadWithOtherRowsOrWhenItIsQuiet() {
        // Given: a backlog that has been read over markers only
        var other = new TopicPartition("requests", 1);
        var idle = new PartitionBacklog<String, ImageTokens>();
        idle.place(TOPIC, new OffsetAndMetadata(5), new OffsetAndMetadata(5));
        idle.readUpTo(new OffsetAndMetadata(6));
        Map<TopicPartition, PartitionBacklog<String, ImageTokens>> both = Map.of(PARTITION, backlog, other, idle);
        committer.open(both);

        // When
        assertThat(committer.commit(both, false)).isTrue();
        idle.readUpTo(new OffsetAndMetadata(7));
        assertThat(committer.commit(both, false)).as("not for that alone").isFalse();
        assertThat(committer.commit(both, true)).isTrue();

        // Then
        assertThat(producers.getLast().consumerGroupOffsetsHistory())
                .containsExactly(
                        Map.of("group", Map.of(PARTITION, offset(12), other, offset(6))),
                        Map.of("group", Map.of(other, offset(7))));
        assertThat(producers.getLast().history()).as("no record is sent for it").hasSize(2);
        assertThat(committer.commit(both, true)).as("it has settled").isFalse();
    }

    @Test
    void shouldWaitWhileNoNameOfABrokerCanBeResolved() {
        // Given
        unresolved = 2;

        // When
        committer.open(backlogs);

        // Then
        assertThat(committer.isOpen()).isFalse();
        assertThat(healthDetails.detail()).contains("No resolvable bootstrap urls");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
            committer.open(backlogs);
            return committer.isOpen();
        });
        assertThat(committer.commit(backlogs, false)).isTrue();
        assertThat(healthDetails.detail()).isEmpty();
    }

    @Test
    void shouldKeepTheRowsAndSendThemAgainWhenACommitFails() {
        // Given
        committer.open(backlogs);
        producers.getLast().commitTransactionException = new TimeoutException("slow");

        // When
        assertThat(committer.commit(backlogs, false)).isFalse();

        // Then
        assertThat(backlog.size()).isEqualTo(2);
        assertThat(healthDetails.detail()).contains("slow");
        assertThat(producers.getLast().transactionAborted()).isTrue();
        producers.getLast().commitTransactionException = null;
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> committer.commit(backlogs, false));
        assertThat(producers).as("the abort worked, the producer stays").hasSize(1);
        assertThat(producers.getLast().history()).hasSize(2);
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(healthDetails.detail()).isEmpty();
    }

    @Test
    void shouldLearnFromTheBrokerWhatIsCommittedWhenEvenTheAbortFails() {
        // Given
        committer.open(backlogs);
        MockProducer<byte[], byte[]> broken = producers.getLast();
        broken.commitTransactionException = new InvalidTxnStateException("too late");
        broken.abortTransactionException = new InvalidTxnStateException("too late");

        // When
        assertThat(committer.commit(backlogs, false)).isFalse();
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(11)));

        // Then
        assertThat(broken.closed()).isTrue();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
            committer.open(backlogs);
            return committer.isOpen();
        });
        assertThat(backlog.size()).as("the record at offset 10 is in").isEqualTo(1);
        assertThat(committer.commit(backlogs, false)).isTrue();
        assertThat(producers.getLast().history()).hasSize(1);
    }

    @Test
    void shouldAskNothingMoreOfAProducerInWhoseCommitItWasInterrupted() {
        // Given
        committer.open(backlogs);
        producers.getLast().commitTransactionException = new InterruptException("the drain time is over");
        assertThatThrownBy(() -> committer.commit(backlogs, false)).isInstanceOf(InterruptException.class);
        Thread.interrupted();

        // When: the partitions are given away on the way out
        boolean committed = committer.commit(backlogs, false);

        // Then
        assertThat(committed).isFalse();
        assertThat(committer.isOpen()).isFalse();
        assertThat(producers.getLast().closed()).isTrue();
        assertThat(producers.getLast().transactionAborted()).isFalse();
    }

    @Test
    void shouldNotCommitWithoutAGeneration() {
        // Given
        committer.open(backlogs);
        consumer.member = new ConsumerGroupMetadata("group", -1, "", Optional.empty());

        // When / Then
        assertThat(committer.commit(backlogs, false)).isFalse();
        assertThat(producers.getLast().transactionInFlight()).isFalse();
        assertThat(backlog.size()).isEqualTo(2);
    }

    @Test
    void shouldWaitForANewGenerationAfterARefusal() {
        // Given
        committer.open(backlogs);
        producers.getLast().sendOffsetsToTransactionException = new CommitFailedException("stale");
        assertThat(committer.commit(backlogs, false)).isFalse();
        producers.getLast().sendOffsetsToTransactionException = null;

        // When / Then
        assertThat(committer.commit(backlogs, false))
                .as("with the membership that was refused")
                .isFalse();
        assertThat(healthDetails.detail()).as("a rebalance is no trouble").isEmpty();
        consumer.member = new ConsumerGroupMetadata("group", 2, "me", Optional.empty());
        assertThat(committer.commit(backlogs, false)).isTrue();
    }

    @Test
    void shouldNotTryAgainWithoutTheRight() {
        committer.open(backlogs);
        producers.getLast().commitTransactionException = new TransactionalIdAuthorizationException("no");

        assertThatThrownBy(() -> committer.commit(backlogs, false))
                .isInstanceOf(TransactionalIdAuthorizationException.class);
    }

    private static OffsetAndMetadata offset(long offset) {
        return TopicOffset.of(offset, Optional.empty(), TOPIC);
    }

    private MockProducer<byte[], byte[]> producer() {
        if (unresolved > 0) {
            unresolved--;
            throw new KafkaException(
                    "Failed to construct kafka producer",
                    new ConfigException("No resolvable bootstrap urls given in bootstrap.servers"));
        }
        producers.add(new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()));
        return producers.getLast();
    }

    private static final class Member extends MockConsumer<byte[], byte[]> {
        private ConsumerGroupMetadata member = new ConsumerGroupMetadata("group", 1, "me", Optional.empty());

        Member() {
            super("earliest");
        }

        @Override
        public synchronized ConsumerGroupMetadata groupMetadata() {
            return member;
        }
    }

    static final class NoEngine implements Engine<ImageTokens, ImageTokens> {
        @Override
        public int capacity(int backlog) {
            return 0;
        }

        @Override
        public int waiting(int backlog) {
            return 0;
        }

        @Override
        public void submit(Task<ImageTokens, ImageTokens> task) {
            throw new AssertionError();
        }

        @Override
        public void close() {}
    }
}
