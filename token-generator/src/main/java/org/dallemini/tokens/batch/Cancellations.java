package org.dallemini.tokens.batch;

import org.dallemini.events.ImageRequest;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Task;

/** Which jobs are not wanted any more. Asked for every image between two steps, so it must answer at once. */
public interface Cancellations {
    boolean isCanceled(String jobId);

    /** Why that cannot be told at present, for people; empty if it can. */
    default String trouble() {
        return "";
    }

    /** Whether the job of a task is canceled; the task is rejected then. */
    default boolean reject(Task<ImageRequest, ?> task) {
        ImageRequest request = task.input();
        boolean isCanceled = isCanceled(request.getJobId());
        if (isCanceled) {
            task.reject(
                    ErrorCode.CANCELED,
                    "image " + request.getImageId() + " was not drawn: its job " + request.getJobId()
                            + " was canceled; resume the job before this is replayed",
                    null);
        }
        return isCanceled;
    }
}
