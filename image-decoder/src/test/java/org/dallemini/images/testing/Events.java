package org.dallemini.images.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Map;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.Lane;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.Sampling;
import org.dallemini.events.StageTiming;
import org.jspecify.annotations.Nullable;

/** Records as the token generator makes them. */
public final class Events {
    public static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private Events() {}

    public static ModelInfo model(String name) {
        return ModelInfo.newBuilder()
                .setName(name)
                .setRevision("0123456789abcdef".repeat(4))
                .setPrecision("fp32")
                .build();
    }

    /** A square grid of tokens. */
    public static ImageTokens imageTokens(String id, int... tokens) {
        int side = (int) Math.round(Math.sqrt(tokens.length));
        return imageTokens(id, null, side, side, bytes(tokens));
    }

    /** Anything, sound or not. */
    public static ImageTokens imageTokens(
            String id, @Nullable Instant deadline, int rows, int columns, ByteBuffer tokens) {
        return ImageTokens.newBuilder()
                .setRequest(ImageRequest.newBuilder()
                        .setImageId(id)
                        .setPromptId("p")
                        .setIndex(0)
                        .setCount(1)
                        .setJobId("p")
                        .setText("a red circle")
                        .setSeed(42)
                        .setSampling(Sampling.newBuilder()
                                .setTemperature(1f)
                                .setTopK(50)
                                .setTopP(1f)
                                .setGuidanceScale(2f)
                                .build())
                        .setLane(Lane.INTERACTIVE)
                        .setLabels(Map.of())
                        .setDeadline(deadline)
                        .setRequestedAt(NOW)
                        .build())
                .setNormalizedText(" a red circle")
                .setTokens(tokens)
                .setRows(rows)
                .setColumns(columns)
                .setModel(model("shapes"))
                .setTiming(StageTiming.newBuilder()
                        .setStartedAt(NOW)
                        .setDurationMillis(7)
                        .build())
                .build();
    }

    public static ByteBuffer bytes(int... tokens) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * tokens.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int token : tokens) {
            bytes.putShort((short) token);
        }
        return bytes.flip();
    }
}
