package org.dallemini.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.util.ClassSecurityValidator;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Lane;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.Sampling;
import org.dallemini.events.StageTiming;

/** Records for the tests. */
final class Images {
    static final Instant REQUESTED = Instant.parse("2026-11-22T23:59:58Z");

    static {
        // Copies of records need Avro's trust, which the stage gets with its deserializer.
        ClassSecurityValidator.setGlobal(
                ClassSecurityValidator.composite(ClassSecurityValidator.DEFAULT_TRUSTED_CLASSES, type -> type.getName()
                        .startsWith("org.dallemini.events.")));
    }

    private Images() {}

    static ImageRequest request(String promptId, int index) {
        return ImageRequest.newBuilder()
                .setImageId(promptId + "/" + index)
                .setPromptId(promptId)
                .setIndex(index)
                .setCount(4)
                .setJobId("job-1")
                .setText("a red circle")
                .setNegativeText(null)
                .setSeed(42 + index)
                .setSampling(Sampling.newBuilder()
                        .setTemperature(1f)
                        .setTopK(50)
                        .setTopP(1f)
                        .setGuidanceScale(10f)
                        .build())
                .setLane(Lane.INTERACTIVE)
                .setLabels(Map.of("b", "2", "a", "1"))
                .setRequestedAt(REQUESTED)
                .build();
    }

    static GeneratedImage image(String promptId, int index) {
        return image(request(promptId, index), ("picture " + promptId + index).getBytes(StandardCharsets.UTF_8));
    }

    static GeneratedImage image(ImageRequest request, byte[] content) {
        return GeneratedImage.newBuilder()
                .setRequest(request)
                .setData(ByteBuffer.wrap(content))
                .setWidth(256)
                .setHeight(256)
                .setSha256(sha256(content))
                .setTokenModel(model("mini"))
                .setDecoderModel(model("vqgan"))
                .setTokenTiming(timing(1))
                .setDecodeTiming(timing(2))
                .build();
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static ModelInfo model(String name) {
        return ModelInfo.newBuilder()
                .setName(name)
                .setRevision("0123456789abcdef".repeat(4))
                .setPrecision("fp32")
                .build();
    }

    private static StageTiming timing(long millis) {
        return StageTiming.newBuilder()
                .setStartedAt(REQUESTED)
                .setDurationMillis(millis)
                .build();
    }
}
