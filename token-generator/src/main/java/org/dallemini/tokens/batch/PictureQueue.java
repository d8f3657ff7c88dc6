package org.dallemini.tokens.batch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.function.BiConsumer;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRedraw;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.stage.Attempts;
import org.dallemini.stage.Deadlines;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.dallemini.stage.Task;
import org.dallemini.tokens.batch.LaneQueues.Waiting;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images that begin with a picture, before they queue for the batch: a thread of its own turns one picture after the
 * other into tokens, those of the interactive lane first, so that no step of the batch waits for it.
 */
final class PictureQueue implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PictureQueue.class);

    private final PictureEncoder encoder;
    private final Cancellations cancellations;
    private final Clock clock;
    private final BiConsumer<Task<ImageRequest, ImageTokens>, int[]> whenEncoded;
    private final LaneQueues queues = new LaneQueues();
    private final Attempts attempts =
            new Attempts(failure -> "reading a prefix's picture fails, trying again: " + failure);
    private final Thread thread;

    /**
     * Starts the thread.
     *
     * @param encoder used and closed by the thread from now on
     * @param whenEncoded told by the thread of every task, still waiting, and the tokens of its picture
     */
    PictureQueue(
            PictureEncoder encoder,
            Cancellations cancellations,
            Clock clock,
            BiConsumer<Task<ImageRequest, ImageTokens>, int[]> whenEncoded) {
        this.encoder = encoder;
        this.cancellations = cancellations;
        this.clock = clock;
        this.whenEncoded = whenEncoded;
        this.thread = new Thread(this::run, "prefix-pictures");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    static boolean isFor(Task<ImageRequest, ImageTokens> task) {
        ImagePrefix prefix = task.input().getPrefix();
        return prefix != null && prefix.getPicture() != null;
    }

    void submit(Task<ImageRequest, ImageTokens> task) {
        queues.add(task);
    }

    /** Tasks of a lane whose pictures are not encoded yet. */
    int waiting(int lane) {
        return queues.size(lane);
    }

    /** Why pictures cannot be encoded at present, else the empty string. */
    String trouble() {
        return attempts.trouble();
    }

    /** Stops after the picture that is being encoded. */
    @Override
    public void close() {
        attempts.close();
        queues.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            for (Waiting next; (next = queues.await()) != null; queues.remove(next)) {
                Task<ImageRequest, ImageTokens> task = next.task();
                attempts.of(task, () -> encode(task), failure -> blame(task, failure));
            }
        } catch (InterruptedException e) {
            log.warn("The thread for prefixes was interrupted; what it did not finish will be done again");
        } finally {
            encoder.close();
        }
    }

    /** Hands the task on, unless it is rejected without a look at its picture. */
    private boolean encode(Task<ImageRequest, ImageTokens> task) throws RejectedRecordException, IOException {
        boolean isWanted = !cancellations.reject(task) && !Deadlines.reject(task, task.input(), clock.instant());
        if (isWanted) {
            int[] tokens = encoder.encode(bytes(task.input().getPrefix().getPicture()));
            ImageRedraw redraw = task.input().getRedraw();
            ByteBuffer mask = redraw == null ? null : redraw.getMask();
            whenEncoded.accept(task, mask == null ? tokens : PictureMask.apply(bytes(mask), tokens));
        }
        return isWanted;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private @Nullable RejectedRecordException blame(Task<ImageRequest, ImageTokens> task, Throwable failure) {
        String image = "image " + task.input().getImageId() + ": ";
        if (failure instanceof RejectedRecordException e) {
            return new RejectedRecordException(e.code(), image + e.problem(), e.getCause());
        }
        return failure instanceof IOException || !encoder.works()
                ? null
                : new RejectedRecordException(
                        ErrorCode.MODEL_FAILURE,
                        image + "the model fails on the prefix's picture: " + failure,
                        failure);
    }
}
