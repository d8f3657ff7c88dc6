package org.dallemini.tokens.batch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.stage.Task;
import org.jspecify.annotations.Nullable;

/** Tasks that wait for their turn, first come, first served in each lane. Thread-safe. */
final class LaneQueues {
    private final List<Deque<Waiting>> lanes = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    private boolean closed;

    /**
     * A task that waits.
     *
     * @param picture image tokens of the picture that it begins with; empty if there is none
     */
    record Waiting(Task<ImageRequest, ImageTokens> task, int... picture) {
        /** Starts the task; also true if an attempt that failed has started it: it is removed from its queue last. */
        boolean isStarted() {
            return task.start() || task.isActive();
        }
    }

    synchronized void add(Task<ImageRequest, ImageTokens> task, int... picture) {
        lanes.get(task.lane()).add(new Waiting(task, picture));
        notifyAll();
    }

    /** Tasks of a lane that are not cancelled. */
    synchronized int size(int lane) {
        lanes.get(lane).removeIf(waiting -> waiting.task.isCancelled());
        return lanes.get(lane).size();
    }

    /** The next of a lane, which stays there; null if there is none. */
    synchronized @Nullable Waiting next(int lane) {
        return lanes.get(lane).peek();
    }

    /** Waits for the most urgent one, which stays there; null when closed. */
    synchronized @Nullable Waiting await() throws InterruptedException {
        while (!closed) {
            for (Deque<Waiting> lane : lanes) {
                if (!lane.isEmpty()) {
                    return lane.peek();
                }
            }
            wait();
        }
        return null;
    }

    /** A copy, the most urgent first. */
    synchronized List<Waiting> all() {
        return lanes.stream().flatMap(Deque::stream).toList();
    }

    synchronized void remove(Waiting waiting) {
        lanes.get(waiting.task.lane()).remove(waiting);
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
