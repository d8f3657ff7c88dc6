package org.dallemini.storage;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.StoredImage;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.dallemini.stage.Attempts;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Engine;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.dallemini.stage.Task;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes images to an object store, several at a time. Trouble with the store, be it an outage or a wrong setting, is
 * waited out and shown by {@link #trouble}: nothing is lost meanwhile, and the stage goes on once it is put right.
 */
final class StoreEngine implements Engine<GeneratedImage, StoredImage> {
    private static final Logger log = LoggerFactory.getLogger(StoreEngine.class);

    private final ObjectStore store;
    private final UploadPlan plan;
    private final DeletionGuard deletions;
    private final int parallelUploads;
    private final Attempts attempts;
    private final StoreMetrics metrics;
    private final Clock clock;
    private final BlockingQueue<Task<GeneratedImage, StoredImage>> inbox = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean proven;

    private StoreEngine(
            ObjectStore store,
            UploadPlan plan,
            DeletionGuard deletions,
            int parallelUploads,
            Supplier<Backoff> backoffs,
            MeterRegistry meters,
            Clock clock) {
        this.store = store;
        this.plan = plan;
        this.deletions = deletions;
        this.parallelUploads = parallelUploads;
        this.metrics = new StoreMetrics(meters);
        this.attempts = new Attempts(this::words, backoffs);
        this.clock = clock;
    }

    /**
     * Starts the uploading threads.
     *
     * @param store closed with the engine
     * @param deletions closed with the engine
     * @param parallelUploads number of threads
     * @param backoffs the pauses of one call to the store, from its first failure on
     */
    static StoreEngine start(
            ObjectStore store,
            UploadPlan plan,
            DeletionGuard deletions,
            int parallelUploads,
            Supplier<Backoff> backoffs,
            MeterRegistry meters,
            Clock clock) {
        StoreEngine engine = new StoreEngine(store, plan, deletions, parallelUploads, backoffs, meters, clock);
        engine.startThread("store-probe", engine::probe);
        for (int i = 0; i < parallelUploads; i++) {
            engine.startThread("store-" + i, engine::upload);
        }
        return engine;
    }

    private void startThread(String name, Attempts.Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        attempts.until(work);
                    } catch (InterruptedException e) {
                        log.debug("{} stops", name);
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    @Override
    public int capacity(int lane) {
        return 2 * parallelUploads;
    }

    @Override
    public int waiting(int lane) {
        return (int) inbox.stream().filter(task -> !task.isCancelled()).count();
    }

    @Override
    public void submit(Task<GeneratedImage, StoredImage> task) {
        inbox.add(task);
    }

    @Override
    public String trouble() {
        String trouble = attempts.trouble();
        return trouble.isEmpty() ? deletions.trouble() : trouble;
    }

    /** Creates the bucket, or shows what is wrong with the store, before the first image comes. */
    private void probe() throws ObjectStoreException {
        if (proven) {
            return; // an upload proves more: credentials may be allowed to use objects and not to look for their bucket
        }
        try {
            store.ensureBucket();
        } catch (ObjectStoreException e) {
            if (e.kind() != Kind.REFUSED) {
                throw e;
            }
            log.warn("{}", e.getMessage());
        }
    }

    /** A task that is left active, whatever is thrown, would block its partition for ever, and nobody would see why. */
    private void upload() throws InterruptedException {
        while (!attempts.isClosed()) {
            Task<GeneratedImage, StoredImage> task = inbox.take();
            attempts.until(() -> store(task));
        }
    }

    private void store(Task<GeneratedImage, StoredImage> task) throws InterruptedException {
        if (task.start() || task.isActive()) { // active: something failed after it was stored
            attempts.of(task, () -> write(task.input()), failure -> blame(task.input(), failure))
                    .ifPresent(stored -> {
                        proven = true;
                        metrics.stored(stored);
                        task.complete(stored);
                    });
        }
    }

    private StoredImage write(GeneratedImage image) throws IOException, InterruptedException {
        Upload upload = plan.of(image);
        String imageId = image.getRequest().getImageId();
        if (!deletions.isDeleted(imageId)) {
            StoredImage stored = upload.to(store, clock);
            if (!deletions.wasDeletedByNow(imageId)) {
                return stored;
            }
        }
        upload.takeBack(store); // also what a process wrote that was killed before it heard of the deletion
        throw new DeletedImageException("Image " + imageId
                + " was deleted and is not stored again; the same prompt under another id draws one like it.");
    }

    private static @Nullable RejectedRecordException blame(GeneratedImage image, Throwable failure) {
        if (failure instanceof ObjectStoreException e) {
            return e.kind() == Kind.REFUSED ? rejection(ErrorCode.INVALID_OBJECT_KEY, e) : null;
        }
        if (failure instanceof DeletionsUnknownException) {
            return null;
        }
        if (failure instanceof DeletedImageException) {
            return rejection(ErrorCode.DELETED, failure);
        }
        if (failure instanceof InvalidObjectKeyException) {
            return rejection(ErrorCode.INVALID_OBJECT_KEY, failure);
        }
        if (failure instanceof ObjectExistsException) {
            return rejection(ErrorCode.OBJECT_EXISTS, failure);
        }
        if (failure instanceof InvalidOutputException) {
            return rejection(ErrorCode.INVALID_PARAMETER, failure);
        }
        if (failure instanceof InvalidImageException) {
            return rejection(ErrorCode.INVALID_RECORD, failure);
        }
        if (failure instanceof RuntimeException || failure instanceof StackOverflowError) {
            // A fault of our code that this record brings out: no other record is rejected.
            log.error("Cannot store {}", image.getRequest().getImageId(), failure);
            return new RejectedRecordException(
                    ErrorCode.INVALID_RECORD, "Storing the image failed: " + failure, failure);
        }
        return null;
    }

    private static RejectedRecordException rejection(ErrorCode code, Throwable failure) {
        return new RejectedRecordException(code, String.valueOf(failure.getMessage()), failure);
    }

    /** What is shown of a failure that is no record's fault. */
    private String words(Throwable failure) {
        if (failure instanceof ObjectStoreException e) {
            metrics.failed(e);
            return String.valueOf(e.getMessage());
        }
        if (failure instanceof DeletionsUnknownException) {
            return String.valueOf(failure.getMessage());
        }
        return "Storing an image fails, trying again: " + failure;
    }

    @Override
    public void close() {
        attempts.close();
        store.close();
        threads.forEach(Thread::interrupt);
        deletions.close();
        for (Thread thread : threads) {
            try {
                thread.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
