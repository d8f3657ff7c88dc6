package org.dallemini.serde;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.ImageOutput;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImagePreview;
import org.dallemini.events.ImageRedraw;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.ImageVerdict;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobCommand;
import org.dallemini.events.JobFailure;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.OutputFit;
import org.dallemini.events.OutputFormat;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.PromptVerdict;
import org.dallemini.events.Sampling;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.schemas.Topics;

/** One record of every type, with every field set to something that is not its default. */
final class SampleEvents {
    private static final Instant NOON = Instant.ofEpochMilli(1_700_000_000_123L);

    private SampleEvents() {}

    /** A record and the topic that it travels on. */
    record Sample(String topic, SpecificRecord event) {
        @Override
        public String toString() {
            return event.getSchema().getName() + " on " + topic;
        }
    }

    static Stream<Sample> all(Topics topics) {
        TrustedEvents.allow(); // defaults hold records of ours, and are read where a record is built
        return Stream.of(
                new Sample(topics.prompts(), prompt()),
                new Sample(topics.imageRequests(), request()),
                new Sample(topics.bulkImageRequests(), request()),
                new Sample(topics.imageTokens(), tokens()),
                new Sample(topics.imagePreviews(), preview()),
                new Sample(topics.images(), image()),
                new Sample(topics.storedImages(), stored()),
                new Sample(topics.jobs(), job()),
                new Sample(topics.jobCommands(), new JobCommand("j-1", JobAction.CANCEL, NOON, null)),
                new Sample(
                        topics.imageDeletions(),
                        new ImageDeletion("p-1/0", "j-1", "images", List.of("p-1/0.png"), NOON, "ann", null)),
                new Sample(topics.favourites(), stored()));
    }

    static PromptRequest prompt() {
        return PromptRequest.newBuilder()
                .setText("a café on the moon ☕🌙")
                .setId("p-1")
                .setNegativeText("rain")
                .setCount(4)
                .setSeed(-7L)
                .setSampling(sampling())
                .setLane(Lane.BULK)
                .setJobId("j-1")
                .setLabels(Map.of("campaign", "spring"))
                .setDeadline(NOON)
                .setPrefix(prefix())
                .setBestOf(8)
                .setOutput(output())
                .setRedraw(redraw())
                .build();
    }

    private static ImageRedraw redraw() {
        return new ImageRedraw(ByteBuffer.wrap(new byte[] {9}), 0.5f);
    }

    private static ImageOutput output() {
        return new ImageOutput(1792, 1024, OutputFit.CROP, OutputFormat.WEBP, 80);
    }

    private static ImagePrefix prefix() {
        return new ImagePrefix(ByteBuffer.wrap(new byte[] {1, 0}), ByteBuffer.wrap(new byte[] {7}), 4);
    }

    private static Sampling sampling() {
        return Sampling.newBuilder()
                .setTemperature(0.7f)
                .setTopK(20)
                .setTopP(0.9f)
                .setGuidanceScale(3f)
                .setBatchIndex(2)
                .setBatchSize(8)
                .build();
    }

    static ImageRequest request() {
        return ImageRequest.newBuilder()
                .setImageId("p-1/3")
                .setPromptId("p-1")
                .setIndex(3)
                .setCount(4)
                .setJobId("j-1")
                .setText("a café on the moon ☕🌙")
                .setNegativeText("rain")
                .setSeed(Long.MIN_VALUE)
                .setSampling(sampling())
                .setLane(Lane.BULK)
                .setLabels(Map.of("campaign", "spring"))
                .setDeadline(NOON)
                .setRequestedAt(NOON)
                .setPrefix(prefix())
                .setCandidates(2)
                .setScore(12.5)
                .setPromptVerdict(new PromptVerdict("default 1", "gore", "ann", "history"))
                .setOutput(output())
                .setRedraw(redraw())
                .build();
    }

    static ImageTokens tokens() {
        return ImageTokens.newBuilder()
                .setRequest(request())
                .setNormalizedText("a cafe on the moon")
                .setTokens(ByteBuffer.wrap(new byte[] {1, 0, -1, 63, 0, 64, 7, 8}))
                .setRows(2)
                .setColumns(2)
                .setModel(model())
                .setTiming(timing())
                .build();
    }

    private static ImagePreview preview() {
        return new ImagePreview("p-1/3", "p-1", "j-1", ByteBuffer.wrap(new byte[] {1, 0, 7, 8}), 2, 2, "00ff");
    }

    private static ModelInfo model() {
        return new ModelInfo("mini", "00ff", "fp32");
    }

    private static StageTiming timing() {
        return new StageTiming(NOON, 1234L, null);
    }

    static GeneratedImage image() {
        return GeneratedImage.newBuilder()
                .setRequest(request())
                .setData(ByteBuffer.wrap(new byte[100_000]))
                .setContentType("image/webp")
                .setWidth(256)
                .setHeight(128)
                .setSha256("aa")
                .setTokenModel(model())
                .setDecoderModel(model())
                .setTokenTiming(timing())
                .setDecodeTiming(timing())
                .setVerdict(verdict())
                .build();
    }

    static StoredImage stored() {
        return StoredImage.newBuilder()
                .setRequest(request())
                .setBucket("images")
                .setKey("j-1/p-1/3.png")
                .setEtag("e")
                .setContentType("image/webp")
                .setSize(5_000_000_000L)
                .setSha256("aa")
                .setWidth(256)
                .setHeight(128)
                .setTokenModel(model())
                .setDecoderModel(model())
                .setTokenTiming(timing())
                .setDecodeTiming(timing())
                .setStoreTiming(timing())
                .setVerdict(verdict())
                .setRendition(new StoredRendition(
                        "renditions/j-1/p-1/3.1792x1024.webp", "f", "image/webp", 7L, "bb", 1792, 1024, "scaled"))
                .build();
    }

    private static ImageVerdict verdict() {
        return new ImageVerdict("classifier", "porn", Map.of("porn", 0.5f), "ann", "a statue");
    }

    static JobStatus job() {
        return JobStatus.newBuilder()
                .setJobId("j-1")
                .setState(JobState.RUNNING)
                .setRequested(4)
                .setTokensDrawn(3)
                .setDecoded(2)
                .setStored(1)
                .setFailed(1)
                .setLabels(Map.of("campaign", "spring"))
                .setSubmittedAt(NOON)
                .setUpdatedAt(NOON)
                .setPrompts(3)
                .setPromptsRefused(1)
                .setPromptsExpected(5)
                .setContent("ff")
                .setFailures(List.of(new JobFailure("p-1/0", "model-failure", "token-generator", "It failed.")))
                .setCanceled(1)
                .setCancelRequestedAt(NOON)
                .setLane(Lane.BULK)
                .build();
    }
}
