package org.dallemini.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.events.StageTiming;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A record that some stage must refuse.
 *
 * @param name also its key
 * @param code what it is refused with
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Poison(String topic, String name, ErrorCode code, byte @Nullable [] value) {
    private static final Instant LONG_AGO = Instant.ofEpochMilli(1);
    private static final ModelInfo MODEL = new ModelInfo("shapes", "0", "fp32");
    private static final StageTiming TIMING = new StageTiming(LONG_AGO, 1L, null);
    private static final Sampling SAMPLING = new Sampling(1f, 50, 1f, 2f, 0, 1);
    private static final int SIDE = 8;

    /** With a header of its own, one without a value and one that is there twice. */
    ProducerRecord<byte[], byte[]> record() {
        var headers = new RecordHeaders()
                .add("traceparent", name.getBytes(UTF_8))
                .add("bytes", new byte[] {0, -1, 10})
                .add("bytes", null);
        return new ProducerRecord<>(topic, null, name.getBytes(UTF_8), value, headers);
    }

    /**
     * Each kind of poison on each topic.
     *
     * @param large characters of a text whose image the broker finds too large
     * @param huge characters of a text whose image the producer finds too large
     */
    static List<Poison> all(Pipeline pipeline, int large, int huge) {
        Topics topics = pipeline.config().topics();
        var all = new ArrayList<Poison>();
        for (String topic : topics.inputs()) {
            all.addAll(undecodable(topic, pipeline));
        }
        Stream.of(
                        prompts(topics),
                        requests(topics.imageRequests()),
                        requests(topics.bulkImageRequests()),
                        tokens(topics, large, huge),
                        images(topics))
                .flatMap(List::stream)
                .map(each -> new Poison(
                        each.topic, each.topic + "." + each.name, each.code, pipeline.bytes(each.topic, each.record)))
                .forEach(all::add);
        return all;
    }

    /** Valid by its schema. */
    private record Senseless(String topic, String name, ErrorCode code, SpecificRecord record) {}

    private static List<Poison> undecodable(String topic, Pipeline pipeline) {
        byte[] valid = pipeline.bytes(topic, valid(topic, pipeline.config().topics()));
        byte[] unknown = valid.clone();
        ByteBuffer.wrap(unknown).putInt(1, 0x00ffffff);
        byte[] wrongMagic = valid.clone();
        wrongMagic[0] = 1;
        byte[] otherSchema = pipeline.bytes(
                pipeline.config().topics().jobs(),
                JobStatus.newBuilder()
                        .setJobId("j")
                        .setState(JobState.PENDING)
                        .setRequested(1)
                        .setSubmittedAt(LONG_AGO)
                        .setUpdatedAt(LONG_AGO)
                        .build());
        return List.of(
                undecodable(topic, "wrong-magic", wrongMagic),
                undecodable(topic, "truncated", Arrays.copyOf(valid, valid.length - 3)),
                undecodable(topic, "trailing", Arrays.copyOf(valid, valid.length + 1)),
                undecodable(topic, "unknown-schema", unknown),
                undecodable(topic, "other-schema", otherSchema),
                undecodable(topic, "empty", new byte[0]),
                undecodable(topic, "null", null));
    }

    private static Poison undecodable(String topic, String name, byte @Nullable [] value) {
        return new Poison(topic, topic + "." + name, ErrorCode.UNDECODABLE_RECORD, value);
    }

    private static SpecificRecord valid(String topic, Topics topics) {
        if (topic.equals(topics.prompts())) {
            return PromptRequest.newBuilder().setText("a red circle").build();
        }
        return topic.equals(topics.imageTokens())
                ? tokens("a red circle", 2 * SIDE * SIDE, SIDE)
                : topic.equals(topics.images())
                        ? image("p", "image/png", "00")
                        : request("r").build();
    }

    private static List<Senseless> prompts(Topics topics) {
        String topic = topics.prompts();
        return List.of(
                new Senseless(
                        topic,
                        "text",
                        ErrorCode.TEXT_TOO_LONG,
                        prompt("x".repeat(3000)).build()),
                new Senseless(
                        topic,
                        "control",
                        ErrorCode.INVALID_TEXT,
                        prompt("a\u0000b").build()),
                new Senseless(
                        topic,
                        "id",
                        ErrorCode.INVALID_ID,
                        prompt("a").setId("../up").build()),
                new Senseless(
                        topic,
                        "count",
                        ErrorCode.INVALID_PARAMETER,
                        prompt("a").setCount(0).build()),
                new Senseless(
                        topic,
                        "deadline",
                        ErrorCode.DEADLINE_EXCEEDED,
                        prompt("a").setDeadline(LONG_AGO).build()),
                new Senseless(
                        topic,
                        "prefix",
                        ErrorCode.INVALID_PREFIX,
                        prompt("a").setPrefix(new ImagePrefix(null, null, null)).build()));
    }

    private static PromptRequest.Builder prompt(String text) {
        return PromptRequest.newBuilder().setText(text);
    }

    private static List<Senseless> requests(String topic) {
        return List.of(
                new Senseless(
                        topic,
                        "frozen",
                        ErrorCode.INVALID_PARAMETER,
                        request("r")
                                .setSampling(new Sampling(0f, null, null, null, 0, 1))
                                .build()),
                new Senseless(
                        topic,
                        "late",
                        ErrorCode.DEADLINE_EXCEEDED,
                        request("r").setDeadline(LONG_AGO).build()),
                new Senseless(
                        topic,
                        "odd-prefix",
                        ErrorCode.INVALID_PREFIX,
                        request("r")
                                .setPrefix(new ImagePrefix(ByteBuffer.allocate(3), null, null))
                                .build()),
                new Senseless(
                        topic,
                        "no-picture",
                        ErrorCode.INVALID_PREFIX,
                        request("r")
                                .setPrefix(new ImagePrefix(null, ByteBuffer.allocate(9), 2))
                                .build()));
    }

    private static ImageRequest.Builder request(String promptId) {
        return ImageRequest.newBuilder()
                .setImageId(promptId + "/0")
                .setPromptId(promptId)
                .setIndex(0)
                .setCount(1)
                .setJobId("poison")
                .setText("a red circle")
                .setSeed(1)
                .setSampling(SAMPLING)
                .setLane(Lane.INTERACTIVE)
                .setRequestedAt(LONG_AGO);
    }

    private static List<Senseless> tokens(Topics topics, int large, int huge) {
        String topic = topics.imageTokens();
        int bytes = 2 * SIDE * SIDE;
        return List.of(
                new Senseless(topic, "odd", ErrorCode.INVALID_RECORD, tokens("a", bytes - 1, SIDE)),
                new Senseless(topic, "negative", ErrorCode.INVALID_RECORD, tokens("a", bytes, -SIDE)),
                new Senseless(topic, "other-model", ErrorCode.MODEL_MISMATCH, tokens("a", 8, 2)),
                new Senseless(topic, "large", ErrorCode.RESULT_TOO_LARGE, tokens("x".repeat(large), bytes, SIDE)),
                new Senseless(topic, "huge", ErrorCode.RESULT_TOO_LARGE, tokens("x".repeat(huge), bytes, SIDE)));
    }

    private static ImageTokens tokens(String text, int bytes, int side) {
        return new ImageTokens(
                request("t").setText(text).build(), "a", ByteBuffer.allocate(bytes), side, side, MODEL, TIMING);
    }

    private static List<Senseless> images(Topics topics) {
        String topic = topics.images();
        return List.of(
                new Senseless(topic, "damaged", ErrorCode.INVALID_RECORD, image("p", "image/png", "00")),
                new Senseless(topic, "no-image", ErrorCode.INVALID_RECORD, image("p", "text/html", "00")),
                new Senseless(topic, "climber", ErrorCode.INVALID_OBJECT_KEY, image("../up", "image/png", "00")));
    }

    private static GeneratedImage image(String promptId, String contentType, String sha256) {
        return new GeneratedImage(
                request(promptId).build(),
                ByteBuffer.wrap(new byte[] {1, 2, 3}),
                contentType,
                1,
                1,
                sha256,
                MODEL,
                MODEL,
                TIMING,
                TIMING,
                null);
    }
}
