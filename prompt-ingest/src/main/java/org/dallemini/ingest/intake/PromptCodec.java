package org.dallemini.ingest.intake;

import java.nio.charset.StandardCharsets;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.Record;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.ingest.streams.RetryingDecoder;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.DeadLetterContent;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Failures;
import org.dallemini.stage.RejectedRecordException;
import org.dallemini.stage.moderation.Releases;

/**
 * Between records as bytes and what they mean. Not by the serdes of source and sink: those could neither wait an outage
 * out nor set the original bytes aside.
 */
public final class PromptCodec {
    private final RetryingDecoder<PromptRequest> decoder;
    private final Serializer<ImageRequest> serializer;
    private final RegistryRetry registryRetry;
    private final String byIdTopic;
    private final ToIntFunction<String> maxBytes;

    /**
     * The serdes must be thread-safe.
     *
     * @param byIdTopic {@link IntakeTopology#byIdTopic}
     * @param maxBytes what a record of a topic may take: the least of the topic's {@code max.message.bytes} and the
     *     producer's {@code max.request.size}
     */
    public PromptCodec(
            Deserializer<PromptRequest> deserializer,
            Serializer<ImageRequest> serializer,
            RegistryRetry registryRetry,
            String byIdTopic,
            ToIntFunction<String> maxBytes) {
        this.decoder = new RetryingDecoder<>(PromptRequest.class, deserializer, registryRetry);
        this.serializer = serializer;
        this.registryRetry = registryRetry;
        this.byIdTopic = byIdTopic;
        this.maxBytes = maxBytes;
    }

    /** @throws RejectedRecordException if the bytes are no prompt */
    PromptRequest decode(String topic, Record<byte[], byte[]> record) throws RejectedRecordException {
        return decoder.decode(topic, record);
    }

    /**
     * The record of an image request, with the headers of the prompt's record.
     *
     * @param timestamp of the new record, in milliseconds
     * @throws RejectedRecordException if it would not fit into a record
     */
    Record<byte[], byte[]> encode(String topic, ImageRequest request, Headers promptHeaders, long timestamp)
            throws RejectedRecordException {
        Headers headers = new RecordHeaders(promptHeaders);
        Releases.forget(headers);
        byte[] key = request.getImageId().getBytes(StandardCharsets.UTF_8);
        byte[] value =
                registryRetry.outlast(() -> serializer.serialize(topic, headers, request), Failures::isOutageInWriting);
        int size = new DeadLetterContent(key, value, headers).size(); // each header costs more than its name and value
        int most = maxBytes.applyAsInt(topic);
        if (size > most) {
            int bare = new DeadLetterContent(key, value, new RecordHeaders()).size();
            throw new RejectedRecordException(
                    ErrorCode.RESULT_TOO_LARGE,
                    "An image request of this prompt takes " + size + " bytes, the topic " + topic + " takes " + most
                            + "; " + (size - bare) + " of them are the record's headers, which all later records carry"
                            + " along: publish it with smaller ones.",
                    null);
        }
        return new Record<>(key, value, timestamp, headers);
    }

    /**
     * The record of a prompt on its way to the home of its id.
     *
     * @throws RejectedRecordException if it would not fit into a record
     */
    Record<byte[], byte[]> forward(Detour.Published published, String id) throws RejectedRecordException {
        Record<byte[], byte[]> forwarded = Detour.begin(published, id);
        int size = new DeadLetterContent(forwarded.key(), forwarded.value(), forwarded.headers()).size();
        int most = maxBytes.applyAsInt(byIdTopic);
        if (size > most) {
            throw new RejectedRecordException(
                    ErrorCode.RESULT_TOO_LARGE,
                    "The prompt takes " + size + " bytes on the way to the partition where its id is remembered; the"
                            + " topic " + byIdTopic + " takes " + most + ": publish it smaller, or to the partition of"
                            + " its id.",
                    null);
        }
        return forwarded;
    }

    /**
     * The dead letter of a record, as much of it as can be written.
     *
     * @throws ConfigException if not even the smallest can
     */
    Record<byte[], byte[]> deadLetter(Record<byte[], byte[]> record, DeadLetters.Reason why, long timestamp) {
        Headers headers = new RecordHeaders(record.headers());
        DeadLetters.describe(headers, why);
        String topic = Topics.deadLetters(why.topic());
        int most = maxBytes.applyAsInt(topic);
        DeadLetterContent letter = new DeadLetterContent(record.key(), record.value(), headers).fit(most);
        if (letter.size() > most) {
            throw new ConfigException("The dead letter of " + why.topic() + "-" + why.partition() + " offset "
                    + why.offset() + " takes " + letter.size() + " bytes: set max.message.bytes of the topic " + topic
                    + ", and producer.max.request.size, above that");
        }
        return new Record<>(letter.key(), letter.value(), timestamp, letter.headers());
    }
}
