package org.dallemini.tokens.batch;

import java.time.Instant;
import org.dallemini.events.ImageRequest;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Task;

/** No computation starts after the deadline of an image. */
final class Deadlines {
    private Deadlines() {}

    static boolean hasPassed(ImageRequest event, Instant now) {
        Instant deadline = event.getDeadline();
        return deadline != null && now.isAfter(deadline);
    }

    /** Rejects a task that was started and whose deadline has passed. */
    static void reject(Task<ImageRequest, ?> task, Instant now) {
        ImageRequest event = task.input();
        task.reject(
                ErrorCode.DEADLINE_EXCEEDED,
                "image " + event.getImageId() + " was wanted by " + event.getDeadline() + ", and its turn came at "
                        + now,
                null);
    }
}
