package org.dallemini.stage;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.StageTiming;

/**
 * A continuous batcher without a model: a request takes a slot for some steps. The text says what becomes of it:
 * {@code reject} is refused, {@code large} gives a result of {@link #LARGE_BYTES}, {@code slow} takes ten times the
 * steps.
 */
final class StepEngine implements Engine<ImageRequest, ImageTokens> {
    static final int LARGE_BYTES = 2_000_000;

    private final int slots;
    private final int steps;
    private final Duration step;
    private final List<Queue<Task<ImageRequest, ImageTokens>>> waiting =
            List.of(new ArrayDeque<>(), new ArrayDeque<>());
    private final List<Running> running = new ArrayList<>();
    private final AtomicInteger started = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "step-engine");
    private volatile boolean closed;

    private static final class Running {
        final Task<ImageRequest, ImageTokens> task;
        int left;

        Running(Task<ImageRequest, ImageTokens> task, int left) {
            this.task = task;
            this.left = left;
        }
    }

    /** @param step time that one step takes, however many slots are busy */
    StepEngine(int slots, int steps, Duration step) {
        this.slots = slots;
        this.steps = steps;
        this.step = step;
        thread.setDaemon(true);
        thread.start();
    }

    /** How many tasks were begun. */
    int started() {
        return started.get();
    }

    @Override
    public int capacity(int lane) {
        return slots;
    }

    @Override
    public synchronized int waiting(int lane) {
        waiting.get(lane).removeIf(Task::isCancelled);
        return waiting.get(lane).size();
    }

    @Override
    public synchronized void submit(Task<ImageRequest, ImageTokens> task) {
        waiting.get(task.lane()).add(task);
        notifyAll();
    }

    private void run() {
        while (!closed) {
            admit();
            LockSupport.parkNanos(running.isEmpty() ? 0 : step.toNanos());
            for (Iterator<Running> each = running.iterator(); each.hasNext(); ) {
                Running one = each.next();
                if (one.task.isCancelled()) {
                    each.remove();
                } else if (--one.left <= 0) {
                    each.remove();
                    finish(one.task);
                }
            }
        }
    }

    private synchronized void admit() {
        try {
            while (!closed) {
                for (Queue<Task<ImageRequest, ImageTokens>> lane : waiting) {
                    while (running.size() < slots && !lane.isEmpty()) {
                        Task<ImageRequest, ImageTokens> task = lane.remove();
                        if (task.start()) {
                            started.incrementAndGet();
                            running.add(new Running(task, task.input().getText().equals("slow") ? 10 * steps : steps));
                        }
                    }
                }
                if (!running.isEmpty()) {
                    return;
                }
                wait();
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void finish(Task<ImageRequest, ImageTokens> task) {
        ImageRequest request = task.input();
        if (request.getText().equals("reject")) {
            task.reject(ErrorCode.TEXT_TOO_LONG, "The text is too long", new IllegalArgumentException("by 7"));
        } else {
            int bytes = request.getText().equals("large") ? LARGE_BYTES : 32;
            task.complete(new ImageTokens(
                    request,
                    request.getText(),
                    ByteBuffer.wrap(new byte[bytes]),
                    4,
                    4,
                    new ModelInfo("steps", "0", "fp32"),
                    new StageTiming(Instant.EPOCH, 1L, null)));
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
