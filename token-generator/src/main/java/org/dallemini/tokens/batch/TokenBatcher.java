package org.dallemini.tokens.batch;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dallemini.dalle.drawing.ContinuousBatch;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.footprint.UsageMeter.Work;
import org.dallemini.stage.Attempts;
import org.dallemini.stage.Engine;
import org.dallemini.stage.Task;
import org.dallemini.stage.footprint.Footprints;
import org.dallemini.tokens.batch.Candidates.Candidate;
import org.dallemini.tokens.batch.LaneQueues.Waiting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of the stage: a thread that keeps a {@link ContinuousBatch} filled from two lanes, interactive (0) and
 * bulk (1), and steps it as long as there is an image in it.
 */
public final class TokenBatcher implements Engine<ImageRequest, ImageTokens> {
    private static final Logger log = LoggerFactory.getLogger(TokenBatcher.class);

    private final Model model;
    private final LaneShares shares;
    private final Cancellations cancellations;
    private final PreviewSchedule previews;
    private final BatchMeters meters;
    private final LaneQueues queues = new LaneQueues();
    private final PictureQueue pictures;
    private final Attempts attempts = new Attempts(failure -> "drawing tokens fails, trying again: " + failure);
    private final Thread thread;

    // Below: of the engine's thread alone.
    private final CandidatePool pool;
    private final List<Candidate> images;
    private long stepsSinceBulk;

    /**
     * What the images are drawn with.
     *
     * @param batch used and closed by the engine's thread
     * @param records of the same model
     * @param pictures of images that begin with one; used and closed by their thread
     * @param footprints estimates what the images take
     * @param whenStopped run by the engine's thread as its last act: to free what the batch was made of
     */
    public record Model(
            ContinuousBatch batch,
            TokenRecords records,
            PictureEncoder pictures,
            Footprints footprints,
            Runnable whenStopped) {}

    /**
     * Starts the engine's thread, and that of the pictures that images begin with.
     *
     * @param cancellations the images of canceled jobs are rejected: before they start, or after a step
     * @param previews told of every step of an image
     */
    public TokenBatcher(
            Model model,
            LaneShares shares,
            Cancellations cancellations,
            PreviewSchedule previews,
            MeterRegistry registry,
            Clock clock) {
        this.model = model;
        this.shares = shares;
        this.images = new ArrayList<>(shares.slots()); // it need not grow where there may be no memory
        this.cancellations = cancellations;
        this.previews = previews;
        this.meters = new BatchMeters(registry, model.records.model(), shares.slots());
        this.pool = new CandidatePool(model.records, model.footprints, cancellations, clock);
        this.stepsSinceBulk = shares.bulkSpacing();
        this.pictures = new PictureQueue(model.pictures, cancellations, clock, queues::add);
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
        return pictures.waiting(lane) + queues.size(lane); // in the order in which they move
    }

    @Override
    public void submit(Task<ImageRequest, ImageTokens> task) {
        if (cancellations.reject(task)) {
            return; // a long list is given up without waiting for the batch
        }
        if (PictureQueue.isFor(task)) {
            pictures.submit(task);
        } else {
            queues.add(task);
        }
    }

    @Override
    public String trouble() {
        return Stream.of(attempts.trouble(), pictures.trouble(), cancellations.trouble())
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining("; "));
    }

    @Override
    public void close() {
        attempts.close();
        queues.close();
        pictures.close();
        try {
            thread.join(); // a step at most
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (awaitWork()) {
                attempts.until(this::advance);
            }
        } catch (InterruptedException e) {
            log.warn("The token engine was interrupted; what it did not finish will be done again");
        } finally {
            model.batch.close();
            meters.close();
            model.whenStopped.run();
        }
    }

    /** Waits for an image to draw; false when the engine is closed. */
    private boolean awaitWork() throws InterruptedException {
        if (images.isEmpty()) {
            stepsSinceBulk = shares.bulkSpacing(); // nothing to keep a distance from
        }
        boolean isIdle = images.isEmpty() && pool.isEmpty();
        return isIdle ? queues.await() != null : !attempts.isClosed();
    }

    private void advance() {
        Work work = model.footprints.begin();
        try {
            pool.refuseCanceled();
            refuseOrJoin();
            admit();
            step(work);
        } finally {
            model.footprints.spent(work.end()); // what no image has got: a step that failed
        }
    }

    /** What takes no slot: rejects canceled images, and adds images to candidates that their prompt has begun. */
    private void refuseOrJoin() {
        for (Waiting waiting : queues.all()) {
            if (cancellations.reject(waiting.task()) || pool.join(waiting)) {
                queues.remove(waiting);
            }
        }
    }

    /** Fills free slots: with candidates of tasks that were started, then with waiting tasks. */
    private void admit() {
        for (int lane; (lane = nextLane()) != LaneShares.NONE; ) {
            Candidates candidates = pool.next(lane);
            Waiting next = queues.next(lane);
            if (candidates != null) {
                begin(candidates);
            } else if (next != null) {
                pool.start(next);
                queues.remove(next);
            }
        }
    }

    private int nextLane() {
        return shares.next(
                active(LaneShares.INTERACTIVE),
                active(LaneShares.BULK),
                hasWork(LaneShares.INTERACTIVE),
                hasWork(LaneShares.BULK),
                stepsSinceBulk);
    }

    private int active(int lane) {
        return (int) images.stream().filter(image -> image.all().lane() == lane).count();
    }

    private boolean hasWork(int lane) {
        return pool.next(lane) != null || queues.next(lane) != null;
    }

    /** Takes an image, or the next candidate, into the batch. */
    private void begin(Candidates candidates) {
        try {
            images.add(candidates.begin(model.batch));
        } catch (OutOfMemoryError e) {
            throw e; // it has not begun, and is tried again
        } catch (RuntimeException | Error e) {
            pool.fail(candidates, "the model cannot read its text", e);
            return;
        }
        pool.begun(candidates);
        if (candidates.lane() == LaneShares.BULK) {
            stepsSinceBulk = 0;
        }
    }

    private void step(Work work) {
        for (Candidate image : images) {
            pool.refuseCanceled(image.all());
            if (!image.all().isWanted()) { // cancelled, or another candidate failed
                model.batch.cancel(image.drawing());
            }
        }
        leave();
        if (images.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        model.batch.step();
        stepsSinceBulk++;
        meters.stepped(images.size(), System.nanoTime() - start);
        divide(model.footprints.spent(work.end()));
        for (Candidate image : images) {
            ImageRequest shown = image.all().shownBy(image);
            if (shown != null) {
                previews.stepped(shown, image.drawing());
            }
        }
        leave();
    }

    /** Among the images of a step, by the rows of the decoder that they take. */
    private void divide(double joules) {
        int rows = 0;
        for (Candidate image : images) {
            rows += image.drawing().rowCount();
        }
        for (Candidate image : images) {
            image.all().spent(joules * image.drawing().rowCount() / rows);
        }
    }

    /** Removes the images that have ended, and completes or rejects their tasks. */
    private void leave() {
        for (Iterator<Candidate> all = images.iterator(); all.hasNext(); ) {
            Candidate image = all.next();
            if (image.drawing().isEnded()) {
                pool.finish(image); // first: if memory runs out here, it is done again
                all.remove();
            }
        }
        meters.occupied(images.size());
    }
}
