package org.dallemini.tokens.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.stage.Outcome;
import org.dallemini.stage.Task;

/** What becomes of tasks; waits for it. */
final class Results {
    private Results() {}

    static ImageTokens completed(Task<ImageRequest, ImageTokens> task) {
        await().until(() -> task.outcome() != null);
        assertThat(task.outcome()).isInstanceOf(Outcome.Completed.class);
        return ((Outcome.Completed<ImageTokens>) task.outcome()).result();
    }

    static Outcome.Rejected<ImageTokens> rejected(Task<ImageRequest, ImageTokens> task) {
        await().until(() -> task.outcome() != null);
        assertThat(task.outcome()).isInstanceOf(Outcome.Rejected.class);
        return (Outcome.Rejected<ImageTokens>) task.outcome();
    }

    static int[] tokens(ImageTokens result) {
        var shorts = result.getTokens().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        int[] tokens = new int[shorts.remaining()];
        Arrays.setAll(tokens, i -> Short.toUnsignedInt(shorts.get(i)));
        return tokens;
    }
}
