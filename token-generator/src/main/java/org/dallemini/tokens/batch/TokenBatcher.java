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
import org.dallemini.dalle.drawing.ContinuousBatch;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.stage.Engine;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.dallemini.stage.Task;
import org.dallemini.tokens.batch.Candidates.Candidate;
import org.dallemini.tokens.batch.Candidates.Drawn;
import org.dallemini.tokens.batch.Candidates.Member;
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
    private final TokenRecords records;
    private final LaneShares shares;
    private final Cancellations cancellations;
    private final PreviewSchedule previews;
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
    private final List<Candidate> images;
    private final SharedCandidates shared = new SharedCandidates();
    /** Of each lane what has candidates left to begin. */
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
            TokenRecords records,
            PictureEncoder encoder,
            LaneShares shares,
            Cancellations cancellations,
            PreviewSchedule previews,
            MeterRegistry registry,
            Clock clock,
            Runnable whenStopped) {
        this.batch = batch;
        this.records = records;
        this.shares = shares;
        this.images = new ArrayList<>(shares.slots()); // it need not grow where there may be no memory
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
                    join();
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
        for (Member image : candidates.members()) {
            if (image.task().isActive() && cancellations.concern(image.task().input())) {
                Cancellations.reject(image.task());
            }
        }
    }

    /** Lets waiting images have their part in what others of their prompt have begun: it takes no slot. */
    private void join() {
        if (shared.isEmpty()) {
            return;
        }
        for (int lane = 0; lane < LaneShares.LANES; lane++) {
            for (Waiting waiting : queued(lane)) {
                Candidates known = shared.find(waiting.task).orElse(null);
                if (known != null && isStarted(waiting)) {
                    join(known, waiting);
                    remove(waiting);
                }
            }
        }
    }

    private void join(Candidates known, Waiting waiting) {
        known.join(waiting.task, clock.instant());
        if (known.areDrawn()) {
            deliver(known);
        }
    }

    private List<Waiting> queued(int lane) {
        synchronized (lock) {
            return List.copyOf(queues.get(lane));
        }
    }

    /** Starts a task, or tells that it was before memory ran out: what is done with it comes before its removal. */
    private static boolean isStarted(Waiting waiting) {
        return waiting.task.start() || waiting.task.isActive();
    }

    private void remove(Waiting waiting) {
        synchronized (lock) {
            queues.get(waiting.task.lane()).remove(waiting);
        }
    }

    /** Fills free slots: with candidates of tasks that were started, then with waiting tasks. */
    private void admit() {
        for (int lane; (lane = nextLane()) != LaneShares.NONE; ) {
            Candidates candidates = begun.get(lane).peek();
            if (candidates != null) {
                begin(candidates);
                continue;
            }
            Waiting next = peek(lane);
            if (next != null) {
                if (isStarted(next)) {
                    start(next);
                }
                remove(next);
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

    private @Nullable Waiting peek(int lane) {
        synchronized (lock) {
            return queues.get(lane).peek();
        }
    }

    /** Makes an image the next to begin. What is wrong with it concerns no other image. */
    private void start(Waiting next) {
        Task<ImageRequest, ImageTokens> task = next.task;
        ImageRequest event = task.input();
        Candidates known = shared.find(task).orElse(null);
        if (known != null) {
            join(known, next);
            return;
        }
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
        } catch (RuntimeException e) { // a mistake of ours that this record brings out
            fail(task, "it cannot be begun", e);
            return;
        }
        var candidates = new Candidates(event, request, task.lane());
        candidates.join(task, now);
        begun.get(task.lane()).add(candidates); // first: what is shared must be begun by somebody
        shared.add(task, candidates);
    }

    /** Takes an image, or the next candidate, into the batch. */
    private void begin(Candidates candidates) {
        try {
            images.add(candidates.begin(batch));
        } catch (OutOfMemoryError e) {
            throw e; // it has not begun, and is tried again
        } catch (RuntimeException | Error e) {
            begun.get(candidates.lane()).remove(candidates);
            fail(candidates, "the model cannot read its text", e);
            return;
        }
        active[candidates.lane()]++;
        if (!candidates.hasMore()) {
            begun.get(candidates.lane()).remove(candidates);
        }
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
            fail(all, "the model fails on it", failure);
            return;
        }
        all.end(image);
        if (all.areDrawn()) {
            deliver(all);
        }
    }

    /** Hands over the images that wait for candidates which are all drawn. */
    private void deliver(Candidates all) {
        Task<ImageRequest, ?> any = all.members().get(0).task();
        for (Member image : all.members()) {
            if (image.task().isActive()) {
                deliver(image, all.of(image.task().input()));
            }
        }
        if (all.leave()) {
            shared.remove(any);
        }
    }

    private void deliver(Member image, Drawn drawn) {
        Task<ImageRequest, ImageTokens> task = image.task();
        ImageTokens result;
        try {
            Duration duration = Duration.ofNanos(System.nanoTime() - image.startedNanos());
            result = records.tokens(task.input(), drawn, image.startedAt(), duration);
        } catch (RuntimeException e) {
            fail(task, "the model fails on it", e);
            return;
        }
        task.complete(result);
    }

    private static void fail(Candidates candidates, String what, Throwable failure) {
        for (Member image : candidates.members()) {
            if (image.task().isActive()) {
                fail(image.task(), what, failure);
            }
        }
    }

    private static void fail(Task<ImageRequest, ?> task, String what, Throwable failure) {
        task.reject(
                ErrorCode.MODEL_FAILURE,
                "image " + task.input().getImageId() + ": " + what + ": " + failure.getMessage(),
                failure);
    }
}
