package org.dallemini.tokens.batch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.BiConsumer;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.dallemini.stage.Task;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images that begin with a picture, before they queue for the batch: a thread of its own turns one picture after the
 * other into tokens, those of the interactive lane first, so that no step of the batch waits for it.
 */
final class PictureQueue implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PictureQueue.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500), LONGEST_PAUSE = Duration.ofSeconds(30);

    private final PictureEncoder encoder;
    private final Cancellations cancellations;
    private final Clock clock;
    private final BiConsumer<Task<ImageRequest, ImageTokens>, int[]> whenEncoded;
    private final Thread thread;

    /** Guards the queues, {@link #current} and {@link #closed}. */
    private final Object lock = new Object();

    private final List<Queue<Task<ImageRequest, ImageTokens>>> queues = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    private @Nullable Task<ImageRequest, ImageTokens> current;
    private boolean closed;
    private volatile String trouble = "";

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
        synchronized (lock) {
            queues.get(task.lane()).add(task);
            lock.notifyAll();
        }
    }

    /** Tasks of a lane whose pictures are not encoded yet. */
    int waiting(int lane) {
        synchronized (lock) {
            Queue<Task<ImageRequest, ImageTokens>> queue = queues.get(lane);
            queue.removeIf(Task::isCancelled);
            return queue.size() + (current != null && current.lane() == lane ? 1 : 0);
        }
    }

    /** Why pictures cannot be encoded at present, else the empty string. */
    String trouble() {
        return trouble;
    }

    /** Stops after the picture that is being encoded. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            for (Task<ImageRequest, ImageTokens> task; (task = take()) != null; ) {
                encode(task);
            }
        } catch (InterruptedException e) {
            log.warn("The thread for prefixes was interrupted; what it did not finish will be done again");
        } finally {
            encoder.close();
        }
    }

    /** Waits for the next task; null when the queue is closed. */
    private @Nullable Task<ImageRequest, ImageTokens> take() throws InterruptedException {
        synchronized (lock) {
            current = null;
            while (!closed && current == null) {
                current = poll();
                if (current == null) {
                    lock.wait();
                }
            }
            return closed ? null : current;
        }
    }

    private @Nullable Task<ImageRequest, ImageTokens> poll() {
        for (Queue<Task<ImageRequest, ImageTokens>> queue : queues) {
            if (!queue.isEmpty()) {
                return queue.poll();
            }
        }
        return null;
    }

    /** Encodes a task's picture, however long it takes until the encoder works. */
    private void encode(Task<ImageRequest, ImageTokens> task) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!task.isCancelled() && !isClosed()) {
            try {
                tryToEncode(task);
                break;
            } catch (RuntimeException | StackOverflowError e) {
                if (encoder.works()) {
                    reject(
                            task,
                            new RejectedRecordException(
                                    ErrorCode.MODEL_FAILURE, "the model fails on the prefix's picture: " + e, e));
                    break;
                }
                pause = pause(task, e, pause);
            } catch (IOException | OutOfMemoryError | LinkageError e) {
                // A LinkageError: the JDK's native part for pictures is missing on this machine.
                pause = pause(task, e, pause);
            }
        }
        trouble = "";
    }

    /** Waits before the next attempt; returns how long to wait after that. */
    private Duration pause(Task<ImageRequest, ImageTokens> task, Throwable why, Duration pause)
            throws InterruptedException {
        trouble = "reading a prefix's picture fails, trying again: " + why;
        log.warn(
                "Reading the picture of image {} fails, trying again in {} ms",
                task.input().getImageId(),
                pause.toMillis(),
                why);
        sleep(pause);
        return longer(pause);
    }

    private void tryToEncode(Task<ImageRequest, ImageTokens> task) throws IOException {
        if (cancellations.concern(task.input())) {
            if (task.start()) {
                Cancellations.reject(task);
            }
            return;
        }
        Instant now = clock.instant();
        if (Deadlines.hasPassed(task.input(), now)) {
            if (task.start()) {
                Deadlines.reject(task, now);
            }
            return;
        }
        try {
            whenEncoded.accept(task, encoder.encode(picture(task.input())));
        } catch (RejectedRecordException e) {
            reject(task, e);
        }
    }

    private static void reject(Task<ImageRequest, ImageTokens> task, RejectedRecordException why) {
        if (task.start()) {
            task.reject(why.code(), "image " + task.input().getImageId() + ": " + why.getMessage(), why.getCause());
        }
    }

    private static byte[] picture(ImageRequest event) {
        ByteBuffer picture = event.getPrefix().getPicture().duplicate();
        byte[] file = new byte[picture.remaining()];
        picture.get(file);
        return file;
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    private void sleep(Duration pause) throws InterruptedException {
        long until = System.nanoTime() + pause.toNanos();
        synchronized (lock) {
            for (long left; !closed && (left = until - System.nanoTime()) > 0; ) {
                lock.wait(Math.max(1, left / 1_000_000));
            }
        }
    }
}
