package org.dallemini.ingest.intake;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.PromptVerdict;
import org.dallemini.ingest.intake.Detour.Published;
import org.dallemini.ingest.intake.SeenPrompts.Seen;
import org.dallemini.ingest.streams.PacedCommit;
import org.dallemini.prompt.CloudEvents;
import org.dallemini.prompt.ContentHash;
import org.dallemini.prompt.InvalidWebhookException;
import org.dallemini.prompt.PromptExpander;
import org.dallemini.prompt.PromptOrigin;
import org.dallemini.prompt.Verdict;
import org.dallemini.prompt.Verdict.Accepted;
import org.dallemini.prompt.Verdict.Refused;
import org.dallemini.prompt.Webhook;
import org.dallemini.schemas.Ids;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.dallemini.stage.tracing.TraceSpan;
import org.dallemini.stage.tracing.TraceSpan.Scope;
import org.dallemini.stage.tracing.Tracing.Place;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns one prompt's record into the records of its images, or into a dead letter, or drops it as a repetition; or
 * sends it on to where its id is remembered.
 */
final class IntakeProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
    private static final Logger log = LoggerFactory.getLogger(IntakeProcessor.class);

    private static final Duration SWEEP = Duration.ofSeconds(10);

    private final IntakeSettings settings;
    private final boolean forwarded;
    private @Nullable SeenPrompts seen;
    private @Nullable PacedCommit commit;

    /** @param forwarded whether the records come by a {@link Detour} */
    IntakeProcessor(IntakeSettings settings, boolean forwarded) {
        this.settings = settings;
        this.forwarded = forwarded;
    }

    /**
     * A record that is made and waits to be sent on.
     *
     * @param urgent whether it is of the interactive lane, or a refusal
     */
    private record Outgoing(Record<byte[], byte[]> record, String sink, boolean urgent) {}

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        KeyValueStore<String, byte[]> store = context.getStateStore(SeenPrompts.STORE);
        SeenPrompts memory = new SeenPrompts(store, settings.retention());
        super.init(context);
        this.seen = memory;
        if (!forwarded) { // the other of both has the same store
            context.schedule(SWEEP, PunctuationType.WALL_CLOCK_TIME, memory::forget);
        }
        this.commit = new PacedCommit(context, settings.commitInterval());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Published published = forwarded ? Detour.end(record) : published(record);
        PromptOrigin origin = origin(published);
        TraceSpan span = settings.tracing()
                .process(
                        new Place(
                                origin.topic(),
                                origin.partition(),
                                origin.offset(),
                                published.record().timestamp()),
                        published.record().headers());
        List<Outgoing> outgoing;
        try (Scope scope = span.enter()) {
            outgoing = takeIn(published, origin, span);
        }
        // Out here: what fails half-way takes the transaction with it, and does not become images and a dead letter.
        outgoing.forEach(next -> context().forward(next.record(), next.sink()));
        if (outgoing.stream().anyMatch(Outgoing::urgent)) {
            Objects.requireNonNull(commit).ask();
        }
        if (outgoing.stream().noneMatch(next -> next.sink().equals(IntakeTopology.OTHER_HOMES))) {
            span.end(); // else it begins again there
        }
    }

    private List<Outgoing> takeIn(Published published, PromptOrigin origin, TraceSpan span) {
        long now = context().currentSystemTimeMs();
        try {
            return accept(published, origin, span, now);
        } catch (RejectedRecordException e) {
            log.debug("Refused {}: {}", origin, e.problem());
            span.failed(e.code().code());
            return refuse(published, origin, e, now);
        } catch (KafkaException e) {
            throw e; // the broker's, the registry's or the store's trouble
        } catch (RuntimeException | StackOverflowError e) {
            // A mistake of ours that this record brings out; the others must not suffer from it.
            log.error("Cannot take in {}", origin, e);
            String problem = "Taking the prompt in failed: " + e;
            span.failed(ErrorCode.INVALID_RECORD.code());
            return refuse(published, origin, new RejectedRecordException(ErrorCode.INVALID_RECORD, problem, e), now);
        }
    }

    private List<Outgoing> refuse(Published published, PromptOrigin origin, RejectedRecordException why, long now) {
        settings.metrics().refused(why.code());
        DeadLetters.Reason reason = new DeadLetters.Reason(
                IntakeTopology.NAME,
                origin.topic(),
                origin.partition(),
                origin.offset(),
                why.code(),
                why.problem(),
                why.getCause());
        Record<byte[], byte[]> letter = settings.codec().deadLetter(published.record(), reason, now);
        return List.of(new Outgoing(letter, IntakeTopology.DEAD_LETTERS, true));
    }

    private List<Outgoing> accept(Published published, PromptOrigin origin, TraceSpan span, long now)
            throws RejectedRecordException {
        PromptCodec codec = settings.codec();
        SeenPrompts memory = Objects.requireNonNull(seen, "init() has not been called");
        Record<byte[], byte[]> record = published.record();
        PromptRequest prompt = codec.decode(origin.topic(), record);
        boolean bulk = prompt.getLane() == Lane.BULK;
        String id = PromptExpander.idOf(prompt, origin);
        if (Ids.isValid(id)) {
            span.attribute(TraceSpan.PROMPT_ID, id);
        }
        if (!isAtHome(id, origin)) {
            return List.of(new Outgoing(codec.forward(published, id), IntakeTopology.OTHER_HOMES, !bulk));
        }
        byte[] content = ContentHash.of(prompt);
        Seen before = memory.compare(id, content, now);
        if (before == Seen.SAME_CONTENT) {
            // Before any check: it was accepted when it first came, though its deadline may have passed since.
            log.debug("Dropped {}: prompt {} has come before", origin, id);
            settings.metrics().duplicate();
            return List.of();
        }
        Verdict verdict = settings.validator()
                .validate(
                        prompt,
                        Instant.ofEpochMilli(now),
                        settings.releases().of(origin.topic(), record.key(), record.headers(), record.value()));
        if (verdict instanceof Refused refused) {
            throw new RejectedRecordException(refused.code(), refused.message(), null);
        }
        PromptVerdict policy = ((Accepted) verdict).policy();
        checkWebhook(record.headers());
        if (before == Seen.OTHER_CONTENT) {
            throw new RejectedRecordException(
                    ErrorCode.ID_REUSED,
                    "A prompt with the id " + id + " and other content was accepted before: publish this one with an"
                            + " id of its own.",
                    null);
        }
        Topics topics = settings.topics();
        String topic = bulk ? topics.bulkImageRequests() : topics.imageRequests();
        Headers headers = new RecordHeaders(record.headers());
        span.write(headers);
        List<Outgoing> outgoing = new ArrayList<>();
        for (ImageRequest request : PromptExpander.expand(prompt, id, origin, policy)) {
            // The time at which it was made, so that retention counts from there however old the prompt.
            outgoing.add(new Outgoing(codec.encode(topic, request, headers, now), sink(request), !bulk));
        }
        settings.metrics().accepted(outgoing.size());
        memory.remember(id, content, now); // last, so that a prompt is either taken or refused
        return outgoing;
    }

    /** Whether this task remembers the id; one that is none is refused, and so need not be remembered. */
    private boolean isAtHome(String id, PromptOrigin origin) {
        return forwarded || !Ids.isValid(id) || Detour.home(id, settings.homes()) == origin.partition();
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

    private Published published(Record<byte[], byte[]> record) {
        RecordMetadata metadata = context()
                .recordMetadata()
                .orElseThrow(() -> new IllegalStateException("A record from a topic always has its place"));
        return new Published(record, metadata.partition(), metadata.offset());
    }

    private PromptOrigin origin(Published published) {
        Record<byte[], byte[]> record = published.record();
        return new PromptOrigin(
                settings.topics().prompts(),
                published.partition(),
                published.offset(),
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
