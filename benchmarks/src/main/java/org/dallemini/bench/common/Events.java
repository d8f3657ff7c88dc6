package org.dallemini.bench.common;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.SplittableRandom;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.Sampling;
import org.dallemini.events.StageTiming;

/** Records as the pipeline carries them for the published models. */
public final class Events {
    private static final Instant TIME = Instant.parse("2026-11-22T12:00:00Z");
    private static final int TOKENS = 256, ROWS = 16, SIZE = 256, PNG_BYTES = 100_000;

    private Events() {}

    public static ImageRequest imageRequest() {
        return ImageRequest.newBuilder()
                .setImageId("3f2b7c9e-1d4a-4a53-9e60-7d1c2b3a4f5e/0")
                .setPromptId("3f2b7c9e-1d4a-4a53-9e60-7d1c2b3a4f5e")
                .setIndex(0)
                .setCount(4)
                .setJobId("3f2b7c9e-1d4a-4a53-9e60-7d1c2b3a4f5e")
                .setText("a red circle above a blue square on a white background")
                .setSeed(42)
                .setSampling(Sampling.newBuilder()
                        .setTemperature(1f)
                        .setTopK(50)
                        .setTopP(1f)
                        .setGuidanceScale(10f)
                        .build())
                .setRequestedAt(TIME)
                .build();
    }

    public static ImageTokens imageTokens() {
        return ImageTokens.newBuilder()
                .setRequest(imageRequest())
                .setNormalizedText("a red circle above a blue square on a white background")
                .setTokens(random(2 * TOKENS))
                .setRows(ROWS)
                .setColumns(ROWS)
                .setModel(model())
                .setTiming(timing())
                .build();
    }

    public static GeneratedImage generatedImage() {
        return GeneratedImage.newBuilder()
                .setRequest(imageRequest())
                .setData(random(PNG_BYTES))
                .setWidth(SIZE)
                .setHeight(SIZE)
                .setSha256("0".repeat(64))
                .setTokenModel(model())
                .setDecoderModel(model())
                .setTokenTiming(timing())
                .setDecodeTiming(timing())
                .build();
    }

    private static ByteBuffer random(int bytes) {
        byte[] data = new byte[bytes];
        new SplittableRandom(7).nextBytes(data);
        return ByteBuffer.wrap(data);
    }

    public static ModelInfo model() {
        return new ModelInfo("mini", "8fe642da9ec6d8883dbf83b512cbb093534d356321d808c0390796843f794369", "int8");
    }

    private static StageTiming timing() {
        return new StageTiming(TIME, 1234L, null);
    }
}
