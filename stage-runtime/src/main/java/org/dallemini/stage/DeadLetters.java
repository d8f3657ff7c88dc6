package org.dallemini.stage;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.schemas.Topics;
import org.jspecify.annotations.Nullable;

/**
 * Records that can never be processed, set aside byte for byte with the reason in their headers: the names and the
 * encoding (UTF-8 text, numbers too) of Kafka Streams' own dead letters (KIP-1034), and ours.
 */
public final class DeadLetters {
    /** Class of the exception; absent if there was none. */
    public static final String EXCEPTION = "__streams.errors.exception";
    /** What is wrong, for people. */
    public static final String MESSAGE = "__streams.errors.message";
    /** Absent if there was no exception. */
    public static final String STACKTRACE = "__streams.errors.stacktrace";
    /** Where the record was read from. */
    public static final String TOPIC = "__streams.errors.topic";

    public static final String PARTITION = "__streams.errors.partition";
    public static final String OFFSET = "__streams.errors.offset";
    /** An {@link ErrorCode#code()}. */
    public static final String CODE = "dallemini.error.code";
    /** The stage that refused the record. */
    public static final String STAGE = "dallemini.error.stage";
    /** How often the record has been dead-lettered: 1, and one more after each replay. */
    public static final String ATTEMPTS = "dallemini.error.attempts";

    /**
     * Only where the record itself, with the reason beside it, is larger than a dead letter may be: what was left out.
     * Such a letter has no value, none of the record's own headers, and its key only if that is short; the record lies
     * where {@link #TOPIC}, {@link #PARTITION} and {@link #OFFSET} say, for as long as that topic keeps it.
     */
    public static final String OMITTED = "dallemini.error.omitted";

    private static final List<String> NAMES =
            List.of(EXCEPTION, MESSAGE, STACKTRACE, TOPIC, PARTITION, OFFSET, CODE, STAGE, ATTEMPTS, OMITTED);

    private static final int MAX_STACKTRACE = 16 * 1024;
    private static final int MAX_MESSAGE = 4 * 1024;

    private DeadLetters() {}

    /**
     * Where a record came from and why it is refused.
     *
     * @param stage the stage's name
     */
    public record Reason(
            String stage,
            String topic,
            int partition,
            long offset,
            ErrorCode code,
            String message,
            @Nullable Throwable cause) {}

    /** The dead letter of an input record, for the {@code .dlq} of its topic. */
    public static ProducerRecord<byte[], byte[]> of(
            ConsumerRecord<byte[], byte[]> input, String stage, Outcome.Rejected<?> why) {
        var headers = new RecordHeaders(input.headers());
        describe(
                headers,
                new Reason(
                        stage,
                        input.topic(),
                        input.partition(),
                        input.offset(),
                        why.code(),
                        why.message(),
                        why.cause()));
        return new ProducerRecord<>(Topics.deadLetters(input.topic()), null, input.key(), input.value(), headers);
    }

    /** Adds the reason to a record's headers, in place of the one of an earlier refusal, and touches no others. */
    public static void describe(Headers headers, Reason why) {
        int attempts = Math.max(attempts(headers), attempts(headers) + 1); // a forged count may be the largest there is
        NAMES.forEach(headers::remove);
        if (why.cause != null) {
            add(headers, EXCEPTION, why.cause.getClass().getName());
            add(headers, STACKTRACE, stackTrace(why.cause));
        }
        add(headers, MESSAGE, cut(why.message, MAX_MESSAGE));
        add(headers, TOPIC, why.topic);
        add(headers, PARTITION, Integer.toString(why.partition));
        add(headers, OFFSET, Long.toString(why.offset));
        add(headers, CODE, why.code.code());
        add(headers, STAGE, why.stage);
        add(headers, ATTEMPTS, Integer.toString(attempts));
    }

    /** Whether a header is part of the reason, rather than of the record. */
    public static boolean isOurs(String header) {
        return NAMES.contains(header);
    }

    /** How often the record has been dead-lettered before, by its headers; 0 if never. */
    public static int attempts(Headers headers) {
        Header header = headers.lastHeader(ATTEMPTS);
        if (header == null || header.value() == null) {
            return 0;
        }
        try {
            return Math.max(0, Integer.parseInt(new String(header.value(), StandardCharsets.UTF_8)));
        } catch (NumberFormatException e) {
            return 0; // Not one of ours, and no reason to fail.
        }
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String stackTrace(Throwable cause) {
        var text = new StringWriter();
        cause.printStackTrace(new PrintWriter(text, true));
        return cut(text.toString(), MAX_STACKTRACE);
    }

    private static String cut(String text, int most) {
        return text.substring(0, Math.min(text.length(), most));
    }
}
