package org.dallemini.tokens.batch;

import java.time.Instant;
import java.util.Map;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Lane;
import org.dallemini.events.Sampling;

/** Image requests for tests. */
public final class Requests {
    private Requests() {}

    /** Everything but the text is as a caller leaves it. */
    public static ImageRequest.Builder request(String id, String text) {
        return ImageRequest.newBuilder()
                .setImageId(id + "/0")
                .setPromptId(id)
                .setIndex(0)
                .setCount(1)
                .setJobId(id)
                .setText(text)
                .setSeed(42)
                .setSampling(Sampling.newBuilder().build())
                .setLane(Lane.INTERACTIVE)
                .setLabels(Map.of("for", "test"))
                .setRequestedAt(Instant.EPOCH);
    }
}
