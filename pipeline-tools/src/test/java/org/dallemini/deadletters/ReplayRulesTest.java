package org.dallemini.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayRulesTest {
    private final ReplayRules rules = new ReplayRules(Map.of("prompts", 3, "images", 3), 3);

    @Test
    void shouldRestoreTheOriginalAndKeepTheCount() {
        // Given
        var headers = new RecordHeaders()
                .add("traceparent", "00-1".getBytes(UTF_8))
                .add("empty", null)
                .add("traceparent", "00-2".getBytes(UTF_8));
        var original = headers.toArray().clone();
        var why = new DeadLetters.Reason("s", "prompts", 2, 1, ErrorCode.INVALID_TEXT, "first", new Error());
        DeadLetters.describe(headers, why);
        DeadLetters.describe(headers, why);
        DeadLetter letter = Letters.of("prompts.dlq", 5, 99, "p", headers);

        // When
        assertThat(rules.fate(letter)).isEqualTo(new Fate.Replayed("prompts"));
        var record = rules.original(letter, "prompts");

        // Then
        assertThat(record.topic()).isEqualTo("prompts");
        assertThat(record.partition()).isEqualTo(2);
        assertThat(record.timestamp()).isNull();
        assertThat(record.key()).isEqualTo("p".getBytes(UTF_8));
        assertThat(record.value()).containsExactly(1, 2, 3);
        assertThat(record.headers())
                .startsWith(original)
                .extracting(Header::key)
                .containsExactly("traceparent", "empty", "traceparent", DeadLetters.ATTEMPTS);
        assertThat(DeadLetters.attempts(record.headers())).isEqualTo(2);
    }

    @Test
    void shouldLeaveWhatHasFailedOftenEnough() {
        var headers = new RecordHeaders().add(DeadLetters.TOPIC, "prompts".getBytes(UTF_8));
        headers.add(DeadLetters.ATTEMPTS, "3".getBytes(UTF_8));

        assertThat(rules.fate(Letters.of("prompts.dlq", 0, 0, "p", headers))).isEqualTo(new Fate.GivenUp(3));
    }

    @Test
    void shouldLeaveALetterThatOnlyTellsOfItsRecordAndSayWhereThatLies() {
        assertThat(rules.fate(Letters.omitted()))
                .isInstanceOf(Fate.Omitted.class)
                .asString()
                .contains("value of 5000 bytes, 0 headers of 0 bytes", "prompts 1:7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"images", "payroll", "prompts.dlq", "dead-letters.replayed", "", "../prompts"})
    void shouldNotBeLedAstrayByForgedHeaders(String topic) {
        var headers = new RecordHeaders().add(DeadLetters.TOPIC, topic.getBytes(UTF_8));

        assertThat(rules.fate(Letters.of("prompts.dlq", 0, 0, "p", headers)))
                .isInstanceOf(Fate.Refused.class)
                .asString()
                .contains("'" + topic + "'");
    }

    @Test
    void shouldNotReplayToATopicOfAnotherPipelineEvenFromItsOwnDeadLetters() {
        var headers = new RecordHeaders().add(DeadLetters.TOPIC, "payroll".getBytes(UTF_8));

        assertThat(rules.fate(Letters.of("payroll.dlq", 0, 0, "p", headers))).isInstanceOf(Fate.Refused.class);
    }

    @ParameterizedTest
    @CsvSource({"3", "-1", "many", "99999999999999999999", "''"})
    void shouldLetKafkaChooseWhereThePartitionIsUnknown(String partition) {
        var headers = new RecordHeaders()
                .add(DeadLetters.TOPIC, "prompts".getBytes(UTF_8))
                .add(DeadLetters.PARTITION, partition.getBytes(UTF_8));

        assertThat(rules.original(Letters.of("prompts.dlq", 0, 0, "p", headers), "prompts")
                        .partition())
                .isNull();
    }
}
