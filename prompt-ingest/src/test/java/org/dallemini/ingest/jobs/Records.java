package org.dallemini.ingest.jobs;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImagePreview;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.Sampling;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;
import org.dallemini.schemas.Ids;

/** What the stages would write about an image. */
public final class Records {
    public static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final ModelInfo MODEL = new ModelInfo("m", "r", "fp32");

    private Records() {}

    public static ImageRequest request(String jobId, String promptId, int index, int count) {
        return ImageRequest.newBuilder()
                .setImageId(Ids.imageId(promptId, index))
                .setPromptId(promptId)
                .setIndex(index)
                .setCount(count)
                .setJobId(jobId)
                .setText("a red circle")
                .setSeed(1)
                .setSampling(Sampling.newBuilder().build())
                .setLane(Lane.INTERACTIVE)
                .setLabels(Map.of("campaign", "spring"))
                .setRequestedAt(NOW)
                .build();
    }

    private static StageTiming timing() {
        return new StageTiming(NOW, 5L, null);
    }

    static ImageTokens tokens(ImageRequest request) {
        return new ImageTokens(request, "", ByteBuffer.allocate(8), 2, 2, MODEL, timing());
    }

    static GeneratedImage image(ImageRequest request) {
        return new GeneratedImage(
                request, ByteBuffer.allocate(8), "image/png", 1, 1, "", MODEL, MODEL, timing(), timing(), null);
    }

    /** The status of a job, submitted and updated at one time. */
    public static JobStatus.Builder job(String id, JobState state, int requested, Instant time) {
        return JobStatus.newBuilder()
                .setJobId(id)
                .setState(state)
                .setRequested(requested)
                .setSubmittedAt(time)
                .setUpdatedAt(time);
    }

    /** What there is of an image while it is drawn. */
    public static ImagePreview preview(String jobId, String imageId, int tokens) {
        return new ImagePreview(imageId, "p", jobId, ByteBuffer.allocate(Short.BYTES * tokens), 4, 4, "00ff");
    }

    public static StoredImage stored(ImageRequest request, Instant time) {
        return StoredImage.newBuilder(stored(request))
                .setStoreTiming(new StageTiming(time, 0L, null))
                .build();
    }

    public static StoredImage stored(ImageRequest request) {
        return new StoredImage(
                request,
                "images",
                request.getImageId() + ".png",
                "e",
                "image/png",
                8L,
                "abc",
                1,
                1,
                MODEL,
                MODEL,
                timing(),
                timing(),
                timing(),
                null,
                null);
    }
}
