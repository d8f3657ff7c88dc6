package org.dallemini.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.deadletters.DeadLetterLab.Bench;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.ErrorCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replays and purges on a real broker. */
class ReplayIT {
    private static final byte[] VALUE = {0, 1, -1};

    @TempDir
    static Path folder;

    private static DeadLetterLab lab;

    private final List<String> replayed = new ArrayList<>();
    private final List<Fate> others = new ArrayList<>();

    @BeforeAll
    static void start() {
        lab = new DeadLetterLab(folder);
    }

    @AfterAll
    static void stop() {
        lab.close();
    }

    private void tell(DeadLetter letter, Fate fate) {
        if (fate instanceof Fate.Replayed) {
            replayed.add(letter.key());
        } else {
            others.add(fate);
        }
    }

    private boolean replay(Bench bench) {
        try (DeadLetterLog log = DeadLetterLog.open(bench.config, bench.admin)) {
            return new Replayer(bench.config, bench.admin, log, 3, this::tell)
                    .run(log.sections(), LetterFilter.ALL, () -> false);
        }
    }

    private static List<String> fill(Bench bench, int count) {
        bench.setAside(count, VALUE);
        return IntStream.range(0, count).mapToObj(i -> "p" + i).toList();
    }

    @Test
    void shouldSendTheOriginalBackByteForByteAndNothingTwice() {
        try (Bench bench = lab.bench("once.")) {
            // Given
            bench.setAside(bench.topics.prompts(), "p", ErrorCode.TEXT_TOO_LONG, VALUE, 2);
            bench.setAside(bench.topics.images(), "p/0", ErrorCode.INVALID_RECORD, null, 1);
            bench.setAside(bench.topics.imageTokens(), "q/0", ErrorCode.MODEL_FAILURE, VALUE, 3);

            // When
            assertThat(replay(bench)).isTrue();
            assertThat(replay(bench)).isTrue();

            // Then
            assertThat(bench.read(bench.topics.prompts())).singleElement().satisfies(record -> {
                assertThat(record.partition()).isEqualTo(1);
                assertThat(record.key()).isEqualTo("p".getBytes(UTF_8));
                assertThat(record.value()).isEqualTo(VALUE);
                assertThat(record.headers())
                        .extracting(header -> header.key())
                        .containsExactly("mine", DeadLetters.ATTEMPTS);
                assertThat(DeadLetters.attempts(record.headers())).isEqualTo(2);
            });
            assertThat(bench.read(bench.topics.images())).singleElement().satisfies(record -> assertThat(record.value())
                    .isNull());
            assertThat(bench.read(bench.topics.imageTokens())).isEmpty();
            assertThat(replayed).containsExactly("p", "p/0");
            assertThat(others)
                    .containsExactlyInAnyOrder(
                            new Fate.GivenUp(3),
                            new Fate.ReplayedBefore(),
                            new Fate.GivenUp(3),
                            new Fate.ReplayedBefore());
        }
    }

    @Test
    void shouldChangeNothingWhenOnlyAsked() {
        try (Bench bench = lab.bench("asked.")) {
            fill(bench, 2);

            try (DeadLetterLog log = DeadLetterLog.open(bench.config, bench.admin)) {
                new Replayer(bench.config, bench.admin, log, 3, this::tell)
                        .rehearse(log.sections(), letter -> letter.key().equals("p1"));
            }

            assertThat(replayed).containsExactly("p1");
            assertThat(bench.read(bench.topics.prompts())).isEmpty();
            assertThat(bench.read(bench.topics.replayedDeadLetters())).isEmpty();
        }
    }

    /** Where a run is killed. */
    enum Kill {
        BEFORE_THE_COMMIT,
        AFTER_THE_COMMIT
    }

    @ParameterizedTest
    @EnumSource
    void shouldReplayEachOnceThoughKilledOnTheWay(Kill when) {
        try (Bench bench = lab.bench("killed-" + when + ".")) {
            // Given: three transactions, of which the second does not return
            List<String> all = fill(bench, 500);
            try (DeadLetterLog log = DeadLetterLog.open(bench.config, bench.admin)) {
                var replayer = new Replayer(bench.config, bench.admin, log, 3, this::tell);
                var producer = new MortalProducer(bench, when);
                assertThatThrownBy(() -> replayer.run(producer, log.sections(), LetterFilter.ALL, () -> false))
                        .hasMessage("killed");
                producer.close(Duration.ZERO);
            }
            assertThat(replayed).hasSize(200);

            // When
            assertThat(replay(bench)).isTrue();

            // Then
            assertThat(bench.keys(bench.topics.prompts())).containsExactlyInAnyOrderElementsOf(all);
            assertThat(others).hasSize(when == Kill.BEFORE_THE_COMMIT ? 200 : 400);
        }
    }

    /** Its process ends at the second commit: nothing is aborted either. */
    private static final class MortalProducer extends KafkaProducer<byte[], byte[]> {
        private final Kill when;
        private int commits;

        MortalProducer(Bench bench, Kill when) {
            super(settings(bench), new ByteArraySerializer(), new ByteArraySerializer());
            this.when = when;
        }

        private static Map<String, Object> settings(Bench bench) {
            Map<String, Object> settings = bench.config.transactionalProducer("dead-letters", "replay");
            settings.put("transactional.id", bench.topics.prefix() + "dead-letters-replay");
            return settings;
        }

        @Override
        public void commitTransaction() {
            if (++commits == 2) {
                flush();
                if (when == Kill.AFTER_THE_COMMIT) {
                    super.commitTransaction();
                }
                throw new IllegalStateException("killed");
            }
            super.commitTransaction();
        }

        @Override
        public void abortTransaction() {
            throw new IllegalStateException("dead already");
        }
    }

    @Test
    void shouldShutAnOlderRunOut() {
        try (Bench bench = lab.bench("rivals.")) {
            // Given: a second run that begins and ends when the first has replayed 200 of 500
            List<String> all = fill(bench, 500);
            var ofSecond = new ArrayList<String>();
            try (DeadLetterLog log = DeadLetterLog.open(bench.config, bench.admin);
                    DeadLetterLog second = DeadLetterLog.open(bench.config, bench.admin)) {
                var first = new Replayer(bench.config, bench.admin, log, 3, (letter, fate) -> {
                    tell(letter, fate);
                    if (replayed.size() == 200) {
                        new Replayer(bench.config, bench.admin, second, 3, (l, f) -> {
                                    if (f instanceof Fate.Replayed) {
                                        ofSecond.add(l.key());
                                    }
                                })
                                .run(second.sections(), LetterFilter.ALL, () -> false);
                    }
                });

                // When
                assertThatThrownBy(() -> first.run(log.sections(), LetterFilter.ALL, () -> false))
                        .isInstanceOf(DeadLetterException.class)
                        .hasMessageContaining("Another replay");
            }

            // Then
            assertThat(replayed).hasSize(200);
            assertThat(ofSecond).hasSize(300);
            assertThat(bench.keys(bench.topics.prompts())).containsExactlyInAnyOrderElementsOf(all);
        }
    }

    @Test
    void shouldLeaveWhatComesMeanwhileToTheNextRun() {
        try (Bench bench = lab.bench("meanwhile.")) {
            // Given
            fill(bench, 3);
            try (DeadLetterLog log = DeadLetterLog.open(bench.config, bench.admin)) {
                var replayer = new Replayer(bench.config, bench.admin, log, 3, (letter, fate) -> {
                    tell(letter, fate);
                    bench.setAside(bench.topics.prompts(), letter.key(), ErrorCode.TEXT_TOO_LONG, VALUE, 2);
                });

                // When
                replayer.run(log.sections(), LetterFilter.ALL, () -> false);
            }

            // Then
            assertThat(bench.keys(bench.topics.prompts())).containsExactlyInAnyOrder("p0", "p1", "p2");
            assertThat(bench.read(Topics.deadLetters(bench.topics.prompts()))).hasSize(6);
        }
    }

    @Test
    void shouldNotTakeMarksOfADeletedTopicForThoseOfTheNext() throws Exception {
        try (Bench bench = lab.bench("anew.")) {
            // Given
            String topic = Topics.deadLetters(bench.topics.prompts());
            fill(bench, 1);
            replay(bench);
            bench.admin.deleteTopics(List.of(topic)).all().get();
            Awaitility.await().ignoreExceptions().until(() -> {
                bench.admin
                        .createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .all()
                        .get();
                return true;
            });
            Awaitility.await().until(() -> ClusterTopics.describe(topic, bench.admin) != null);
            fill(bench, 1);

            // When
            replay(bench);

            // Then
            assertThat(bench.keys(bench.topics.prompts())).containsExactly("p0", "p0");
            assertThat(bench.read(bench.topics.replayedDeadLetters()))
                    .extracting(ConsumerRecord::value)
                    .as("a mark, its tombstone, a mark")
                    .satisfiesExactly(
                            mark -> assertThat(mark).isNotNull(),
                            mark -> assertThat(mark).isNull(),
                            mark -> assertThat(mark).isNotNull());
        }
    }

    @Test
    void shouldRefuseWhatTheTopicHasNoRoomForAndReplayTheOthers() throws Exception {
        try (Bench bench = lab.bench("narrow.")) {
            // Given
            var narrow = new ConfigResource(ConfigResource.Type.TOPIC, bench.topics.prompts());
            bench.admin
                    .incrementalAlterConfigs(Map.of(
                            narrow,
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("max.message.bytes", "1000"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            bench.setAside(bench.topics.prompts(), "a", ErrorCode.TEXT_TOO_LONG, VALUE, 1);
            bench.setAside(bench.topics.prompts(), "large", ErrorCode.TEXT_TOO_LONG, new byte[2000], 1);
            bench.setAside(bench.topics.prompts(), "z", ErrorCode.TEXT_TOO_LONG, VALUE, 1);

            // When
            replay(bench);

            // Then
            assertThat(bench.keys(bench.topics.prompts())).containsExactlyInAnyOrder("a", "z");
            assertThat(replayed).containsExactly("a", "z");
            assertThat(others)
                    .singleElement()
                    .isInstanceOf(Fate.Refused.class)
                    .asString()
                    .contains("max.message.bytes");
        }
    }

    @Test
    void shouldPurgeUpToTheFirstThatStaysAndSayWhatStaysBehindIt() {
        try (Bench bench = lab.bench("purge.")) {
            // Given
            for (String code : List.of("text", "text", "id", "text")) {
                bench.setAside(
                        bench.topics.prompts(),
                        "p",
                        code.equals("id") ? ErrorCode.INVALID_ID : ErrorCode.TEXT_TOO_LONG,
                        VALUE,
                        1);
            }
            String topic = Topics.deadLetters(bench.topics.prompts());
            var filter = new LetterFilter(Set.of("text-too-long"), null, null, null);
            try (DeadLetterLog log = DeadLetterLog.open(bench.config, bench.admin)) {
                // When
                List<Purger.Cut> cuts =
                        Purger.plan(log, log.sections(List.of(topic)), (section, letter) -> filter.test(letter));

                // Then
                assertThat(cuts).singleElement().satisfies(cut -> {
                    assertThat(cut.upTo()).isEqualTo(2);
                    assertThat(cut.deleted()).isEqualTo(2);
                    assertThat(cut.behind()).isEqualTo(1);
                    assertThat(cut.others()).isEqualTo(1);
                });
                assertThat(bench.read(topic)).hasSize(4);

                // When
                Purger.delete(bench.admin, cuts);
            }

            // Then
            assertThat(bench.read(topic)).extracting(ConsumerRecord::offset).containsExactly(2L, 3L);
        }
    }
}
