package org.dallemini.stage;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.schemas.Ids;
import org.dallemini.stage.moderation.Releases;
import org.dallemini.stage.tracing.TraceSpan;
import org.dallemini.stage.tracing.TraceSpan.Scope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Turns the outcome of a record into the record to send: a result with the input's headers, or a dead letter. Output
 * records carry the time at which they were made, so that retention counts from there however old the prompt.
 */
final class OutputEncoder<I, O extends SpecificRecord> {
    private static final Logger log = LoggerFactory.getLogger(OutputEncoder.class);

    private final String stage;
    private final String outputTopic;
    private final Function<O, String> outputKey;
    private final Serializer<O> serializer;
    private final int mostBytes;

    /** @param mostBytes the producer's {@code max.request.size} */
    OutputEncoder(StageDefinition<?, O> definition, Serializer<O> serializer, int mostBytes) {
        this.stage = definition.name();
        this.outputTopic = definition.outputTopic();
        this.outputKey = definition.outputKey();
        this.serializer = serializer;
        this.mostBytes = mostBytes;
    }

    /**
     * Fills {@link InFlightRecord#output} of a record that is done.
     *
     * @throws RuntimeException if the schema registry cannot be asked at present (see {@link Failures#isOutage}), or if
     *     not even the smallest dead letter fits into a request
     */
    void encode(InFlightRecord<I, O> record) {
        if (record.output() != null) {
            return;
        }
        if (record.outcome() instanceof Outcome.Completed<O> completed) {
            try {
                ProducerRecord<byte[], byte[]> output = result(record, completed.result());
                int bytes = size(output);
                if (bytes <= mostBytes) {
                    record.keep(output);
                    return;
                }
                record.refuse(ErrorCode.RESULT_TOO_LARGE, tooLarge(bytes), null);
            } catch (RuntimeException e) {
                if (e instanceof SerializationException && (Failures.isFatal(e) || Failures.isOutageInWriting(e))) {
                    throw e;
                }
                record.refuse(
                        ErrorCode.MODEL_FAILURE,
                        "The result cannot be written as a record: " + Failures.describe(e),
                        e);
            }
        }
        if (record.outcome() instanceof Outcome.Rejected<O> rejected) {
            record.keep(deadLetter(record, rejected));
        }
    }

    private ProducerRecord<byte[], byte[]> result(InFlightRecord<I, O> record, O result) {
        byte[] key = outputKey.apply(result).getBytes(StandardCharsets.UTF_8);
        // All headers pass through, but for two: a release's signature, and a schema id that was the input's, which
        // the serializer removes.
        var headers = new RecordHeaders(record.input().headers());
        Releases.forget(headers);
        record.span().write(headers);
        record.span().attribute(TraceSpan.IMAGE_ID, outputKey.apply(result));
        byte[] value = serializer.serialize(outputTopic, headers, result);
        return new ProducerRecord<>(outputTopic, null, key, value, headers);
    }

    private ProducerRecord<byte[], byte[]> deadLetter(InFlightRecord<I, O> record, Outcome.Rejected<O> why) {
        imageOf(record.input().key()).ifPresent(id -> record.span().attribute(TraceSpan.IMAGE_ID, id));
        try (Scope logged = record.span().enter()) {
            // That a job was canceled is somebody's will, and told once of the whole job where the cancel arrives.
            log.atLevel(why.code() == ErrorCode.CANCELED ? Level.DEBUG : Level.WARN)
                    .log(
                            "{}: {} is dead-lettered, {}: {}",
                            stage,
                            where(record),
                            why.code().code(),
                            why.message());
        }
        var letter = DeadLetters.of(record.input(), stage, why);
        return send(
                letter.topic(),
                new DeadLetterContent(letter.key(), letter.value(), letter.headers()).fit(mostBytes),
                record);
    }

    /** Keys may be anything, also what must not be told. */
    private static Optional<String> imageOf(byte @Nullable [] key) {
        return Optional.ofNullable(key)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .filter(Ids::isValidImage);
    }

    /** What to send in place of a dead letter that the broker has found too large; empty if it was the smallest. */
    Optional<ProducerRecord<byte[], byte[]>> smaller(
            ProducerRecord<byte[], byte[]> refused, InFlightRecord<I, O> record) {
        return new DeadLetterContent(refused.key(), refused.value(), refused.headers())
                .smaller()
                .map(next -> send(refused.topic(), next, record));
    }

    private ProducerRecord<byte[], byte[]> send(String topic, DeadLetterContent letter, InFlightRecord<I, O> record) {
        if (letter.size() > mostBytes) {
            throw new FatalStageException("The dead letter of " + where(record) + " takes " + letter.size()
                    + " bytes: set producer.max.request.size, and max.message.bytes of the topic " + topic
                    + ", above that");
        }
        if (letter.headers().lastHeader(DeadLetters.OMITTED) != null) {
            log.warn("{}: {} is too large for {}, which only tells of it", stage, where(record), topic);
        }
        return new ProducerRecord<>(topic, null, letter.key(), letter.value(), letter.headers());
    }

    private String tooLarge(int bytes) {
        return "The result takes " + bytes + " bytes, more than producer.max.request.size (" + mostBytes + ")";
    }

    static String where(InFlightRecord<?, ?> record) {
        return record.input().topic() + "-" + record.input().partition() + " offset "
                + record.input().offset();
    }

    /** Never less than what the producer compares with {@code max.request.size}. */
    static int size(ProducerRecord<byte[], byte[]> record) {
        return DeadLetterContent.size(record.key(), record.value(), record.headers());
    }
}
