package org.dallemini.deadletters;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.dallemini.stage.DeadLetterContent;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Dead letters to look at. */
final class Letters {
    private Letters() {}

    /** As the intake writes it. */
    static DeadLetter refused(String key, ErrorCode code, long time) {
        var headers = new RecordHeaders();
        DeadLetters.describe(
                headers, new DeadLetters.Reason("prompt-ingest", "prompts", 1, 7, code, "Because", new Error("why")));
        return of("prompts.dlq", 0, time, key, headers);
    }

    /** As a stage writes it if the record is too large for it. */
    static DeadLetter omitted() {
        var headers = new RecordHeaders();
        DeadLetters.describe(
                headers,
                new DeadLetters.Reason("prompt-ingest", "prompts", 1, 7, ErrorCode.TEXT_TOO_LONG, "Because", null));
        DeadLetterContent letter =
                new DeadLetterContent("p".getBytes(StandardCharsets.UTF_8), new byte[5000], headers).fit(1000);
        return of("prompts.dlq", 0, 0, "p", letter.value(), letter.headers());
    }

    static DeadLetter of(String topic, long offset, long time, String key, Headers headers) {
        return of(topic, offset, time, key, new byte[] {1, 2, 3}, headers);
    }

    static DeadLetter of(String topic, long offset, long time, String key, byte @Nullable [] value, Headers headers) {
        return new DeadLetter(new ConsumerRecord<>(
                topic,
                0,
                offset,
                time,
                TimestampType.CREATE_TIME,
                1,
                1,
                key.getBytes(StandardCharsets.UTF_8),
                value,
                headers,
                Optional.empty()));
    }
}
