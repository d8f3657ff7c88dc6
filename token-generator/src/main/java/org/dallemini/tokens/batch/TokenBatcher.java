package org.dallemini.tokens.batch;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.stage.Engine;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.dallemini.stage.Task;
import org.dallemini.tokens.batch.Candidates.Candidate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of the stage: a thread that keeps a {@link ContinuousBatch} filled from two lanes, interactive (0) and
 * bulk (1), and steps it as long as there is an image in it.
 */
public final class TokenBatcher implements Engine<ImageRequest, ImageTokens> {
    private static final Logger log = LoggerFactory.getLogger(TokenBatcher.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500), LONGEST_PAUSE = Duration.ofSeconds(30);

    private final ContinuousBatch batch;
    private final ImageRecords records;
    private final LaneShares shares;
    private final Cancellations cancellations;
    private final Previews previews;
    private final BatchMeters meters;
    private final Clock clock;
    private final Runnable whenStopped;
    private final PictureQueue pictures;
    private final Thread thread;

    /** Guards the queues and {@link #closed}. */
    private final Object lock = new Object();

    private final List<Deque<Waiting>> queues = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    private boolean closed;
    private volatile String trouble = "";

    // Below: of the engine's thread alone.
    private final List<Candidate> images = new ArrayList<>();
    private final SharedCandidates shared = new SharedCandidates();
    /** Of each lane what was started and {@link Candidates#hasMore has more} to do. */
    private final List<Deque<Candidates>> begun = List.of(new ArrayDeque<>(), new ArrayDeque<>());

    private final int[] active = new int[LaneShares.LANES];
    private long stepsSinceBulk;

    /**
     * A task that waits for its turn.
     *
     * @param picture image tokens of the picture that it begins with; empty if there is none
     */
    private record Waiting(Task<ImageRequest, ImageTokens> task, int... picture) {
        boolean isCancelled() {
            return task.isCancelled();
        }
    }

    /**
     * Starts the engine's thread, and that of the pictures that images begin with.
     *
     * @param batch used and closed by the engine's thread from now on
     * @param encoder of those pictures; used and closed by their thread
     * @param cancellations the images of canceled jobs are rejected: before they start, or after a step
     * @param previews told of every step of an image
     * @param whenStopped run by the engine's thread as its last act: to free what the batch was made of
     */
    public TokenBatcher(
            ContinuousBatch batch,
            ImageRecords records,
            PictureEncoder encoder,
            LaneShares shares,
            Cancellations cancellations,
            Previews previews,
            MeterRegistry registry,
            Clock clock,
            Runnable whenStopped) {
        this.batch = batch;
        this.records = records;
        this.shares = shares;
        this.cancellations = cancellations;
        this.previews = previews;
        this.meters = new BatchMeters(registry, records.model(), shares.slots());
        this.clock = clock;
        this.whenStopped = whenStopped;
        this.stepsSinceBulk = shares.bulkSpacing();
        this.pictures = new PictureQueue(encoder, cancellations, clock, this::enqueue);
        this.thread = new Thread(this::run, "token-engine");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** Enough to fill half the slots at once; the stage refills it within a fraction of a step. */
    @Override
    public int capacity(int lane) {
        return Math.max(2, shares.slots() / 2);
    }

    @Override
    public int waiting(int lane) {
        synchronized (lock) {
            Deque<Waiting> queue = queues.get(lane);
            queue.removeIf(Waiting::isCancelled);
            return queue.size() + pictures.waiting(lane);
        }
    }

    @Override
    public void submit(Task<ImageRequest, ImageTokens> task) {
        if (cancellations.concern(task.input())) {
            refuse(task); // a long list is given up without waiting for the batch
        } else if (PictureQueue.isFor(task)) {
            pictures.submit(task);
        } else {
            enqueue(task);
        }
    }

    private static void refuse(Task<ImageRequest, ImageTokens> task) {
        if (task.start()) {
            Cancellations.reject(task);
        }
    }

    private void enqueue(Task<ImageRequest, ImageTokens> task, int... picture) {
        synchronized (lock) {
            queues.get(task.lane()).add(new Waiting(task, picture));
            lock.notifyAll();
        }
    }

    @Override
    public String trouble() {
        return Stream.of(trouble, pictures.trouble(), cancellations.trouble())
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining("; "));
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        pictures.close();
        try {
            thread.join(); // a step at most
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        try {
            while (awaitWork()) {
                try {
                    refuseCanceled();
                    admit();
                    step();
                    pause = FIRST_PAUSE;
                    trouble = "";
                } catch (RuntimeException | Error e) {
                    trouble = "drawing tokens fails, trying again: " + e;
                    log.warn("Drawing tokens fails, trying again in {} ms", pause.toMillis(), e);
                    sleep(pause);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException e) {
            log.warn("The token engine was interrupted; what it did not finish will be done again");
        } finally {
            batch.close();
            meters.close();
            whenStopped.run();
        }
    }

    /** Waits for an image to draw; false when the engine is closed. */
    private boolean awaitWork() throws InterruptedException {
        synchronized (lock) {
            while (!closed
                    && images.isEmpty()
                    && queues.stream().allMatch(Deque::isEmpty)
                    && begun.stream().allMatch(Deque::isEmpty)) {
                lock.wait();
            }
            if (images.isEmpty()) {
                stepsSinceBulk = shares.bulkSpacing(); // nothing to keep a distance from
            }
            return !closed;
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

    /** Those that wait need no slot to be told; of those that have begun no further candidate begins. */
    private void refuseCanceled() {
        List<Waiting> canceled = new ArrayList<>();
        synchronized (lock) {
            for (Deque<Waiting> queue : queues) {
                queue.removeIf(waiting -> cancellations.concern(waiting.task.input()) && canceled.add(waiting));
            }
        }
        canceled.forEach(waiting -> refuse(waiting.task));
        begun.forEach(lane -> lane.removeIf(candidates -> {
            refuseCanceled(candidates);
            return !candidates.hasMore();
        }));
    }

    private void refuseCanceled(Candidates candidates) {
        candidates.forEachActive(image -> {
            if (cancellations.concern(image.task().input())) {
                Cancellations.reject(image.task());
            }
        });
    }

    /** Fills free slots: with candidates of tasks that were started, then with waiting tasks. */
    private void admit() {
        for (int lane; (lane = nextLane()) != LaneShares.NONE; ) {
            Candidates candidates = begun.get(lane).peek();
            if (candidates != null) {
                begin(candidates);
                continue;
            }
            Waiting next = poll(lane);
            if (next != null && next.task.start()) {
                start(next);
            }
        }
    }

    private int nextLane() {
        synchronized (lock) {
            return shares.next(
                    active[LaneShares.INTERACTIVE],
                    active[LaneShares.BULK],
                    hasWork(LaneShares.INTERACTIVE),
                    hasWork(LaneShares.BULK),
                    stepsSinceBulk);
        }
    }

    private boolean hasWork(int lane) {
        return !begun.get(lane).isEmpty() || !queues.get(lane).isEmpty();
    }

    private @Nullable Waiting poll(int lane) {
        synchronized (lock) {
            return queues.get(lane).poll();
        }
    }

    /** Takes an image into the batch. What is wrong with it concerns no other image. */
    private void start(Waiting next) {
        Task<ImageRequest, ImageTokens> task = next.task;
        ImageRequest event = task.input();
        if (cancellations.concern(event)) {
            Cancellations.reject(task);
            return;
        }
        Instant now = clock.instant();
        if (Deadlines.hasPassed(event, now)) {
            Deadlines.reject(task, now);
            return;
        }
        TokenRequest request;
        try {
            request = records.request(event, next.picture);
        } catch (RejectedRecordException e) {
            task.reject(e.code(), "image " + event.getImageId() + ": " + e.getMessage(), e.getCause());
            return;
        }
        Candidates known = shared.find(event).orElse(null);
        Candidates candidates = known != null ? known : new Candidates(event, request, task.lane());
        candidates.join(task, now);
        if (known == null) {
            shared.add(event, candidates);
        } else if (!known.isDrawn()) {
            return; // it has a part in what is begun already
        }
        begun.get(task.lane()).add(candidates);
        begin(candidates);
    }

    /**
     * Takes an image, or the next candidate, into the batch; of candidates that are drawn, hands over what is missing.
     */
    private void begin(Candidates candidates) {
        if (candidates.isDrawn()) {
            deliver(candidates);
            begun.get(candidates.lane()).remove(candidates);
            return;
        }
        try {
            images.add(candidates.begin(batch));
        } catch (OutOfMemoryError e) {
            throw e; // it has not begun, and is tried again
        } catch (RuntimeException | Error e) {
            begun.get(candidates.lane()).remove(candidates);
            candidates.forEachActive(image -> fail(image.task(), "the model cannot read its text", e));
            return;
        }
        if (!candidates.hasMore()) {
            begun.get(candidates.lane()).remove(candidates);
        }
        active[candidates.lane()]++;
        if (candidates.lane() == LaneShares.BULK) {
            stepsSinceBulk = 0;
        }
    }

    private void step() {
        for (Candidate image : images) {
            refuseCanceled(image.all());
            if (!image.all().isWanted()) { // cancelled, or another candidate failed
                batch.cancel(image.drawing());
            }
        }
        leave();
        if (images.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        batch.step();
        stepsSinceBulk++;
        meters.stepped(images.size(), System.nanoTime() - start);
        for (Candidate image : images) {
            ImageRequest shown = image.all().shownBy(image);
            if (shown != null) {
                previews.stepped(shown, image.drawing());
            }
        }
        leave();
    }

    /** Hands over the images that have ended. */
    private void leave() {
        for (Iterator<Candidate> all = images.iterator(); all.hasNext(); ) {
            Candidate image = all.next();
            if (image.drawing().isEnded()) {
                finish(image); // first: if memory runs out here, it is done again
                all.remove();
                active[image.all().lane()]--;
            }
        }
        meters.occupied(images.size());
    }

    private void finish(Candidate image) {
        Candidates all = image.all();
        if (!all.isWanted()) {
            return; // given up
        }
        Throwable failure = image.drawing().failure();
        if (failure != null) {
            all.forEachActive(each -> fail(each.task(), "the model fails on it", failure));
            return;
        }
        all.end(image);
        if (all.isDrawn()) {
            deliver(all);
        }
    }

    /** Hands over the images that wait for candidates which are all drawn. */
    private void deliver(Candidates all) {
        all.forEachActive(image -> {
            Task<ImageRequest, ImageTokens> task = image.task();
            ImageTokens result;
            try {
                Candidate kept = all.of(task.input());
                Duration duration = Duration.ofNanos(System.nanoTime() - image.startedNanos());
                result = records.tokens(task.input(), kept.request(), kept.drawing(), image.startedAt(), duration);
            } catch (RuntimeException e) {
                fail(task, "the model fails on it", e);
                return;
            }
            task.complete(result);
            if (all.haveServedAll()) {
                shared.remove(task.input());
            }
        });
    }

    private static void fail(Task<ImageRequest, ?> task, String what, Throwable failure) {
        task.reject(
                ErrorCode.MODEL_FAILURE,
                "image " + task.input().getImageId() + ": " + what + ": " + failure.getMessage(),
                failure);
    }
}
