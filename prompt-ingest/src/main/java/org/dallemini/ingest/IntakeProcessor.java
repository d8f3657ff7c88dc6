package org.dallemini.ingest;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.WindowStore;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.SeenPrompts.Seen;
import org.dallemini.ingest.Verdict.Refused;
import org.dallemini.ingest.webhooks.InvalidWebhookException;
import org.dallemini.ingest.webhooks.Webhook;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns one prompt's record into the records of its images, or into a dead letter, or drops it as a repetition. */
final class IntakeProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeProcessor.class);

    private final Topics topics;
    private final PromptValidator validator;
    private final Duration retention;
    private final PromptCodec codec;
    private final IntakeMetrics metrics;
    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable SeenPrompts seen;
    private final Duration commitInterval;
    private long commitAskedAt;
    private boolean somebodyWaits;

    /** @param commitInterval how long what somebody waits for may lie in a transaction with others */
    IntakeProcessor(
            Topics topics,
            PromptValidator validator,
            Duration retention,
            Duration commitInterval,
            PromptCodec codec,
            IntakeMetrics metrics) {
        this.topics = topics;
        this.validator = validator;
        this.retention = retention;
        this.commitInterval = commitInterval;
        this.codec = codec;
        this.metrics = metrics;
    }

    /**
     * A record that is made and waits to be sent on.
     *
     * @param urgent whether somebody waits for it
     */
    private record Outgoing(Record<byte[], byte[]> record, String sink, boolean urgent) {}

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        WindowStore<String, byte[]> store = context.getStateStore(SeenPrompts.STORE);
        this.context = context;
        this.seen = new SeenPrompts(store, retention);
        context.schedule(commitInterval, PunctuationType.WALL_CLOCK_TIME, now -> {
            if (somebodyWaits) {
                commit(now, context);
            }
        });
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (context == null || seen == null) {
            throw new IllegalStateException("init() has not been called");
        }
        PromptOrigin origin = origin(record, context);
        long now = context.currentSystemTimeMs();
        List<Outgoing> outgoing;
        try {
            outgoing = accept(record, origin, now, seen);
        } catch (RejectedRecordException e) {
            LOG.debug("Refused {}: {}", origin, e.problem());
            outgoing = refuse(record, origin, e, now);
        } catch (KafkaException e) {
            throw e; // the broker's, the registry's or the store's trouble
        } catch (RuntimeException | StackOverflowError e) {
            // A mistake of ours that this record brings out; the others must not suffer from it.
            LOG.error("Cannot take in {}", origin, e);
            String problem = "Taking the prompt in failed: " + e;
            outgoing = refuse(record, origin, new RejectedRecordException(ErrorCode.INVALID_RECORD, problem, e), now);
        }
        // Out here: what fails half-way takes the transaction with it, and does not become images and a dead letter.
        outgoing.forEach(next -> context.forward(next.record(), next.sink()));
        if (outgoing.stream().anyMatch(Outgoing::urgent)) {
            commitSoon(now, context);
        }
    }

    /**
     * A record that comes alone need not wait for the end of an interval; of many, all but the first do, and share a
     * transaction. The bulk lane, for which nobody waits, goes by Kafka Streams' own, longer interval.
     */
    private void commitSoon(long now, ProcessorContext<byte[], byte[]> context) {
        if (Math.abs(now - commitAskedAt) >= commitInterval.toMillis()) { // the clock may be set back
            commit(now, context);
        } else {
            somebodyWaits = true;
        }
    }

    private void commit(long now, ProcessorContext<byte[], byte[]> context) {
        commitAskedAt = now;
        somebodyWaits = false;
        context.commit();
    }

    private List<Outgoing> refuse(
            Record<byte[], byte[]> record, PromptOrigin origin, RejectedRecordException why, long now) {
        metrics.refused(why.code());
        DeadLetters.Reason reason = new DeadLetters.Reason(
                PromptIngest.NAME,
                origin.topic(),
                origin.partition(),
                origin.offset(),
                why.code(),
                why.problem(),
                why.getCause());
        return List.of(new Outgoing(codec.deadLetter(record, reason, now), IntakeTopology.DEAD_LETTERS, true));
    }

    private List<Outgoing> accept(Record<byte[], byte[]> record, PromptOrigin origin, long now, SeenPrompts seen)
            throws RejectedRecordException {
        PromptRequest prompt = codec.decode(origin.topic(), record);
        String id = PromptExpander.idOf(prompt, origin);
        byte[] content = ContentHash.of(prompt);
        Seen before = seen.compare(id, content, now);
        if (before == Seen.SAME_CONTENT) {
            // Before any check: it was accepted when it first came, though its deadline may have passed since.
            LOG.debug("Dropped {}: prompt {} has come before", origin, id);
            metrics.duplicate();
            return List.of();
        }
        if (validator.validate(prompt, Instant.ofEpochMilli(now)) instanceof Refused refused) {
            throw new RejectedRecordException(refused.code(), refused.message(), null);
        }
        checkWebhook(record.headers());
        if (before == Seen.OTHER_CONTENT) {
            throw new RejectedRecordException(
                    ErrorCode.ID_REUSED,
                    "A prompt with the id " + id + " and other content was accepted before: publish this one with an"
                            + " id of its own.",
                    null);
        }
        boolean bulk = prompt.getLane() == Lane.BULK;
        String topic = bulk ? topics.bulkImageRequests() : topics.imageRequests();
        List<Outgoing> outgoing = new ArrayList<>();
        for (ImageRequest request : PromptExpander.expand(prompt, id, origin)) {
            // The time at which it was made, so that retention counts from there however old the prompt.
            outgoing.add(new Outgoing(codec.encode(topic, request, record.headers(), now), sink(request), !bulk));
        }
        metrics.accepted(outgoing.size());
        seen.remember(id, content, now); // last, so that a prompt is either taken or refused
        return outgoing;
    }

    private static String sink(ImageRequest request) {
        boolean isJoint = request.getCandidates() > 1 && request.getCount() > 1;
        if (request.getLane() == Lane.BULK) {
            return isJoint ? IntakeTopology.JOINT_BULK_IMAGE_REQUESTS : IntakeTopology.BULK_IMAGE_REQUESTS;
        }
        return isJoint ? IntakeTopology.JOINT_IMAGE_REQUESTS : IntakeTopology.IMAGE_REQUESTS;
    }

    /** Only its form: whether anything may be sent there is decided where it is sent. */
    private static void checkWebhook(Headers headers) throws RejectedRecordException {
        try {
            Webhook.of(headers);
        } catch (InvalidWebhookException e) {
            throw new RejectedRecordException(
                    ErrorCode.INVALID_PARAMETER, "The header " + Webhook.URL + ": " + e.getMessage() + ".", null);
        }
    }

    private static PromptOrigin origin(Record<byte[], byte[]> record, ProcessorContext<byte[], byte[]> context) {
        RecordMetadata metadata = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("A record from a topic always has its place"));
        return new PromptOrigin(
                metadata.topic(),
                metadata.partition(),
                metadata.offset(),
                text(record.key()),
                CloudEvents.id(record.headers()),
                Instant.ofEpochMilli(record.timestamp()));
    }

    private static @Nullable String text(byte @Nullable [] key) {
        if (key == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
