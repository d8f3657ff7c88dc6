package org.dallemini.images;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.dallemini.dalle.vqgan.ImageDecoder;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.StageTiming;
import org.dallemini.filter.Door;
import org.dallemini.filter.ImageFilter;
import org.dallemini.filter.Judgement;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.stage.Attempts;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Deadlines;
import org.dallemini.stage.Engine;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.dallemini.stage.Task;
import org.dallemini.stage.footprint.Footprints;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of the stage. One thread decodes, image after image, with all processors; another judges the images and
 * writes the PNG files meanwhile. While no record waits, the first decodes a preview if somebody likes to see one.
 *
 * <p>When an image fails, a grid of zeros is decoded to see whose fault it is: if that works the record is rejected, if
 * not the model is in trouble (out of memory, for example) and the image is tried again until it works.
 */
final class DecodeEngine implements Engine<ImageTokens, GeneratedImage> {
    private static final Logger log = LoggerFactory.getLogger(DecodeEngine.class);

    /** Records that wait for the model: it never idles, and little is read that another process could work on. */
    private static final int CAPACITY = 8;

    /** Images that wait to be written as PNG; with more the model's thread helps. */
    private static final int MAX_UNWRITTEN_IMAGES = 4;

    private final ImageDecoder decoder;
    private final ImageFilter filter;
    private final Quarantine quarantine;
    private final GeneratedImages records;
    private final Footprints footprints;
    private final DecodeMeters meters;
    private final Clock clock;
    private final Attempts attempts;
    private final BlockingQueue<Task<ImageTokens, GeneratedImage>> queue = new LinkedBlockingQueue<>();
    private final AtomicReference<@Nullable FutureTask<RgbImage>> preview = new AtomicReference<>();

    /** A permit for each record or preview that came; those of cancelled ones are too many, which does no harm. */
    private final Semaphore arrivals = new Semaphore(0);

    private final ThreadPoolExecutor writers;
    private final Thread thread;

    /**
     * A decoded image on its way to its file.
     *
     * @param spending what it takes
     */
    private record Decoded(
            Task<ImageTokens, GeneratedImage> task,
            RgbImage image,
            Instant startedAt,
            long startedNanos,
            Footprints.Spending spending) {}

    private DecodeEngine(
            ImageDecoder decoder,
            ImageFilter filter,
            Quarantine quarantine,
            GeneratedImages records,
            Footprints footprints,
            DecodeMeters meters,
            Clock clock,
            Supplier<Backoff> backoffs) {
        this.decoder = decoder;
        this.filter = filter;
        this.quarantine = quarantine;
        this.records = records;
        this.footprints = footprints;
        this.meters = meters;
        this.clock = clock;
        this.attempts = new Attempts(DecodeEngine::words, backoffs);
        this.writers = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_UNWRITTEN_IMAGES),
                work -> daemon(work, "png-writer"),
                new ThreadPoolExecutor.CallerRunsPolicy());
        this.thread = daemon(this::run, "image-decoder");
    }

    /**
     * Starts the engine's threads.
     *
     * @param decoder used and closed by the engine's thread from now on
     * @param filter closed with the engine
     * @param quarantine of pictures that it refuses; closed with the engine
     * @param footprints estimates what the images take
     * @param backoffs the pauses before an image is tried again
     */
    static DecodeEngine start(
            ImageDecoder decoder,
            ImageFilter filter,
            Quarantine quarantine,
            GeneratedImages records,
            Footprints footprints,
            DecodeMeters meters,
            Clock clock,
            Supplier<Backoff> backoffs) {
        DecodeEngine engine =
                new DecodeEngine(decoder, filter, quarantine, records, footprints, meters, clock, backoffs);
        engine.thread.start();
        return engine;
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public int capacity(int lane) {
        return CAPACITY;
    }

    @Override
    public int waiting(int lane) {
        queue.removeIf(Task::isCancelled);
        return queue.size();
    }

    @Override
    public void submit(Task<ImageTokens, GeneratedImage> task) {
        queue.add(task);
        arrivals.release();
    }

    /**
     * Decodes an image as soon as no record waits, one at a time.
     *
     * @return empty if another is being decoded so, or its turn does not come in time
     * @throws ExecutionException if decoding it fails
     */
    Optional<RgbImage> preview(int[] tokens, Duration timeout) throws InterruptedException, ExecutionException {
        FutureTask<RgbImage> work = new FutureTask<>(() -> meters.previewing(() -> decoder.decode(tokens)));
        if (!preview.compareAndSet(null, work)) {
            return Optional.empty();
        }
        arrivals.release();
        try {
            return Optional.of(work.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } finally {
            work.cancel(false);
            preview.set(null);
        }
    }

    boolean hasPreview() {
        return preview.get() != null;
    }

    @Override
    public String trouble() {
        String trouble = attempts.trouble();
        return trouble.isEmpty() ? quarantine.trouble() : trouble;
    }

    @Override
    public void close() {
        attempts.close();
        quarantine.close(); // breaks off a call to its store
        thread.interrupt();
        try {
            thread.join(); // a decode at most
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!attempts.isClosed()) {
                arrivals.acquire();
                Task<ImageTokens, GeneratedImage> task = queue.poll();
                FutureTask<RgbImage> work = preview.get();
                if (task != null && task.start()) {
                    decode(task);
                } else if (task == null && work != null) {
                    work.run();
                }
            }
        } catch (InterruptedException e) {
            log.debug("Closed", e);
        } finally {
            writers.shutdownNow();
            decoder.close();
            filter.close();
            meters.close();
        }
    }

    private void decode(Task<ImageTokens, GeneratedImage> task) throws InterruptedException {
        ImageTokens record = task.input();
        Instant now = clock.instant();
        if (Deadlines.reject(task, record.getRequest(), now)) {
            return;
        }
        int[] tokens;
        try {
            tokens = TokenGrid.read(record, decoder);
        } catch (RejectedRecordException e) {
            task.reject(e);
            return;
        }
        warnOfTokensWithoutCode(task, tokens);
        long nanos = System.nanoTime();
        Footprints.Spending spending = footprints.spending();
        attempts.of(
                        task,
                        () -> spending.of(() -> meters.decoding(() -> decoder.decode(tokens))),
                        failure -> decoderWorks() ? rejection(task, failure) : null)
                .map(image -> new Decoded(task, image, now, nanos, spending))
                .ifPresent(decoded -> writers.execute(() -> write(decoded)));
    }

    private void warnOfTokensWithoutCode(Task<ImageTokens, GeneratedImage> task, int[] tokens) {
        long beyond = Arrays.stream(tokens).filter(t -> t >= decoder.codes()).count();
        if (beyond > 0) {
            meters.beyondCodebook(beyond);
            log.warn(
                    "{} has {} tokens at or beyond the {} codes of the VQGAN, decoded as its last code; they are noise of"
                            + " the text model",
                    id(task),
                    beyond,
                    decoder.codes());
        }
    }

    private boolean decoderWorks() {
        try {
            decoder.decode(new int[decoder.rows() * decoder.columns()]);
            return true;
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    private void write(Decoded decoded) {
        ImageTokens record = decoded.task.input();
        try {
            Optional<Judgement> judgement = judge(decoded);
            if (judgement.isEmpty()) {
                return;
            }
            attempts.of(
                            decoded.task,
                            () -> decoded.spending.of(() -> meters.encoding(() -> records.png(record, decoded.image))),
                            failure -> rejection(decoded.task, failure))
                    .ifPresent(png -> {
                        Duration duration = Duration.ofNanos(System.nanoTime() - decoded.startedNanos);
                        var timing =
                                new StageTiming(decoded.startedAt, duration.toMillis(), decoded.spending.footprint());
                        decoded.task.complete(records.generated(record, decoded.image, judgement.get(), png, timing));
                    });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Empty if the image must not leave, which its task knows then. */
    private Optional<Judgement> judge(Decoded decoded) throws InterruptedException {
        Optional<Judgement> judgement = attempts.of(
                decoded.task,
                () -> {
                    Judgement judged = decoded.spending.of(() -> filter.judge(decoded.image, Door.IMAGE));
                    return decoded.task.release().map(judged::released).orElse(judged);
                },
                failure -> filter.works() ? rejection(decoded.task, failure) : null);
        if (judgement.isEmpty()) {
            return judgement;
        }
        Optional<String> what = quarantined(decoded, judgement.get());
        if (what.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(judgement.get().admitted(what.get()));
        } catch (RejectedRecordException e) {
            decoded.task.reject(e);
            return Optional.empty();
        }
    }

    /** Sees to the quarantine, and returns the image for people, with where it lies there. */
    private Optional<String> quarantined(Decoded decoded, Judgement judgement) throws InterruptedException {
        ImageTokens record = decoded.task.input();
        String imageId = record.getRequest().getImageId();
        return attempts.of(
                decoded.task,
                () -> {
                    if (judgement instanceof Judgement.Refused) {
                        return id(decoded.task)
                                + quarantine
                                        .keep(imageId, () -> records.png(record, decoded.image))
                                        .map(" (kept as %s)"::formatted)
                                        .orElse("");
                    }
                    if (decoded.task.release().isPresent()) {
                        quarantine.release(imageId);
                    }
                    return id(decoded.task);
                },
                failure -> failure instanceof ObjectStoreException ? null : rejection(decoded.task, failure));
    }

    /** What is shown of a failure that is no record's fault. */
    private static String words(Throwable failure) {
        return failure instanceof ObjectStoreException
                ? String.valueOf(failure.getMessage())
                : "decoding images fails, trying again: " + failure;
    }

    private static RejectedRecordException rejection(Task<ImageTokens, GeneratedImage> task, Throwable failure) {
        return new RejectedRecordException(
                ErrorCode.MODEL_FAILURE, id(task) + ": decoding fails on it: " + failure.getMessage(), failure);
    }

    private static String id(Task<ImageTokens, GeneratedImage> task) {
        return "image " + task.input().getRequest().getImageId();
    }
}
