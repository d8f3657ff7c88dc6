package org.dallemini.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
    @Test
    void shouldCarryTheOriginalByteForByteAndTheReasonInHeaders() {
        // Given
        var headers = new RecordHeaders().add("a", new byte[] {0, -1}).add("a", null);
        var input = record(headers);

        // When
        var letter = DeadLetters.of(
                input,
                "image-decoder",
                new Outcome.Rejected<>(ErrorCode.INVALID_RECORD, "No grid", new IllegalStateException("é")));

        // Then
        assertThat(letter.topic()).isEqualTo("image-tokens.dlq");
        assertThat(letter.key()).isSameAs(input.key());
        assertThat(letter.value()).isSameAs(input.value());
        assertThat(letter.headers().headers("a")).extracting(Header::value).containsExactly(new byte[] {0, -1}, null);
        assertThat(text(letter.headers(), "__streams.errors.exception")).isEqualTo("java.lang.IllegalStateException");
        assertThat(text(letter.headers(), "__streams.errors.message")).isEqualTo("No grid");
        assertThat(text(letter.headers(), "__streams.errors.stacktrace"))
                .contains("é")
                .contains("DeadLettersTest");
        assertThat(text(letter.headers(), "__streams.errors.topic")).isEqualTo("image-tokens");
        assertThat(text(letter.headers(), "__streams.errors.partition")).isEqualTo("3");
        assertThat(text(letter.headers(), "__streams.errors.offset")).isEqualTo("42");
        assertThat(text(letter.headers(), "dallemini.error.code")).isEqualTo("invalid-record");
        assertThat(text(letter.headers(), "dallemini.error.stage")).isEqualTo("image-decoder");
        assertThat(text(letter.headers(), "dallemini.error.attempts")).isEqualTo("1");
        assertThat(headers).as("the input's own").hasSize(2);
    }

    @Test
    void shouldReplaceTheReasonOfAnEarlierRefusalAndCountIt() {
        // Given
        var headers = new RecordHeaders();
        var why = new DeadLetters.Reason("s", "t", 0, 1, ErrorCode.INVALID_TEXT, "first", new Error());
        DeadLetters.describe(headers, why);

        // When
        DeadLetters.describe(headers, new DeadLetters.Reason("s", "t", 0, 1, ErrorCode.INVALID_TEXT, "second", null));

        // Then
        assertThat(text(headers, DeadLetters.MESSAGE)).isEqualTo("second");
        assertThat(text(headers, DeadLetters.ATTEMPTS)).isEqualTo("2");
        assertThat(headers.headers(DeadLetters.MESSAGE)).hasSize(1);
        assertThat(headers.lastHeader(DeadLetters.EXCEPTION)).isNull();
        assertThat(DeadLetters.attempts(headers)).isEqualTo(2);
    }

    @Test
    void shouldNotTripOverForeignAttempts() {
        assertThat(DeadLetters.attempts(new RecordHeaders().add(DeadLetters.ATTEMPTS, null)))
                .isZero();
        assertThat(DeadLetters.attempts(new RecordHeaders().add(DeadLetters.ATTEMPTS, "many".getBytes(UTF_8))))
                .isZero();
    }

    @Test
    void shouldNotCountPastTheLargestNumber() {
        Headers headers = new RecordHeaders().add(DeadLetters.ATTEMPTS, "2147483647".getBytes(UTF_8));
        DeadLetters.describe(headers, new DeadLetters.Reason("s", "t", 0, 1, ErrorCode.INVALID_TEXT, "no", null));
        assertThat(text(headers, DeadLetters.ATTEMPTS)).isEqualTo("2147483647");
    }

    static ConsumerRecord<byte[], byte[]> record(Headers headers) {
        return new ConsumerRecord<>(
                "image-tokens",
                3,
                42,
                0,
                TimestampType.CREATE_TIME,
                1,
                1,
                new byte[] {5},
                new byte[] {1, 2},
                headers,
                Optional.empty());
    }

    private static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), UTF_8);
    }
}
