package org.dallemini.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Whatever headers a record brings: its dead letter tells the truth, and what is not ours stays. */
class DeadLettersFuzzTest {
    private static final List<String> NAMES = List.of(
            DeadLetters.ATTEMPTS, DeadLetters.CODE, DeadLetters.TOPIC, DeadLetters.STACKTRACE, "traceparent", "");

    @FuzzTest
    void shouldDescribeARecordWithAnyHeaders(FuzzedDataProvider data) {
        Headers headers = new RecordHeaders();
        for (int i = data.consumeInt(0, 20); i > 0; i--) {
            String name = data.consumeBoolean() ? data.pickValue(NAMES) : data.consumeString(20);
            headers.add(name, data.consumeBoolean() ? null : data.consumeBytes(40));
        }
        List<Header> foreign = List.of(headers.toArray()).stream()
                .filter(header -> !NAMES.subList(0, 4).contains(header.key()))
                .toList();
        int before = DeadLetters.attempts(headers);
        String message = data.consumeRemainingAsString();

        DeadLetters.describe(
                headers,
                new DeadLetters.Reason("stage", "topic", 1, 2, ErrorCode.INVALID_RECORD, message, new Error(message)));

        assertThat(before).isNotNegative();
        assertThat(DeadLetters.attempts(headers)).isPositive().isGreaterThanOrEqualTo(before);
        assertThat(text(headers, DeadLetters.CODE)).isEqualTo("invalid-record");
        assertThat(text(headers, DeadLetters.TOPIC)).isEqualTo("topic");
        assertThat(headers.toArray()).containsAll(foreign);
    }

    private static String text(Headers headers, String name) {
        assertThat(headers.headers(name)).hasSize(1);
        return new String(headers.lastHeader(name).value(), UTF_8);
    }
}
