package org.dallemini.stage;

import java.time.Instant;
import org.dallemini.events.ImageRequest;

/** No computation starts after the deadline of an image. */
public final class Deadlines {
    private Deadlines() {}

    /** Whether the deadline of a task's image has passed; the task is rejected then. */
    public static boolean reject(Task<?, ?> task, ImageRequest image, Instant now) {
        Instant deadline = image.getDeadline();
        boolean hasPassed = deadline != null && now.isAfter(deadline);
        if (hasPassed) {
            task.reject(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "image " + image.getImageId() + " was wanted by " + deadline + ", and its turn came at " + now,
                    null);
        }
        return hasPassed;
    }
}
