package org.dallemini.storage;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.StoredImage;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Engine;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Task;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes images to an object store, several at a time. Trouble with the store, be it an outage or a wrong setting, is
 * waited out and shown by {@link #trouble}: nothing is lost meanwhile, and the stage goes on once it is mended.
 */
final class StoreEngine implements Engine<GeneratedImage, StoredImage> {
    private static final Logger LOG = LoggerFactory.getLogger(StoreEngine.class);

    private static final String TRYING_AGAIN = "Storing an image fails, trying again";

    /** The pause where none could be reckoned. */
    private static final long LAST_RESORT_MILLIS = 1_000;

    private final ObjectStore store;
    private final UploadPlan plan;
    private final int parallelUploads;
    private final Supplier<Backoff> backoffs;
    private final StoreMetrics metrics;
    private final Clock clock;
    private final BlockingQueue<Task<GeneratedImage, StoredImage>> inbox = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile String trouble = "";
    private volatile boolean proven;
    private volatile boolean closed;

    private StoreEngine(
            ObjectStore store,
            UploadPlan plan,
            int parallelUploads,
            Supplier<Backoff> backoffs,
            MeterRegistry meters,
            Clock clock) {
        this.store = store;
        this.plan = plan;
        this.parallelUploads = parallelUploads;
        this.backoffs = backoffs;
        this.metrics = new StoreMetrics(meters);
        this.clock = clock;
    }

    /**
     * Starts the uploading threads.
     *
     * @param store closed with the engine
     * @param parallelUploads number of threads
     * @param backoffs the pauses of one call to the store, from its first failure on
     */
    static StoreEngine start(
            ObjectStore store,
            UploadPlan plan,
            int parallelUploads,
            Supplier<Backoff> backoffs,
            MeterRegistry meters,
            Clock clock) {
        StoreEngine engine = new StoreEngine(store, plan, parallelUploads, backoffs, meters, clock);
        engine.startThread("store-probe", engine::probe);
        for (int i = 0; i < parallelUploads; i++) {
            engine.startThread("store-" + i, engine::upload);
        }
        return engine;
    }

    private void startThread(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (InterruptedException e) {
                        LOG.debug("{} stops", name);
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
        return trouble;
    }

    /** Creates the bucket, or shows what is wrong with the store, before the first image comes. */
    private void probe() throws InterruptedException {
        Call<Boolean> ensureBucket = () -> {
            store.ensureBucket();
            return true;
        };
        try {
            // An upload proves more: credentials may be allowed to use objects and not to look for their bucket.
            persist(ensureBucket, () -> closed || proven);
        } catch (ObjectStoreException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    /**
     * Only close() ends it: a task that is left active would block its partition for ever, and nobody would see why.
     */
    private void upload() throws InterruptedException {
        Task<GeneratedImage, StoredImage> task = null;
        Backoff backoff = backoffs.get();
        boolean failed = false;
        while (!closed) {
            try {
                if (task == null) {
                    task = inbox.take();
                }
                // Active: it was taken up before, and something of ours failed.
                if (task.start() || task.isActive()) {
                    store(task);
                } else if (failed) {
                    mended(); // it was done though its end threw something, or is not wanted any more
                }
                task = null;
                failed = false;
                backoff.succeeded();
            } catch (InterruptedException e) {
                throw e;
            } catch (Throwable e) {
                failed = true;
                Task<GeneratedImage, StoredImage> kept = task;
                pause(backoff, e, () -> closed || kept != null && !kept.isActive());
            }
        }
    }

    private void store(Task<GeneratedImage, StoredImage> task) throws InterruptedException {
        @Nullable StoredImage stored;
        try {
            stored = persist(() -> plan.of(task.input()).to(store, clock), () -> closed || task.isCancelled());
        } catch (InvalidObjectKeyException | ObjectStoreException e) {
            task.reject(ErrorCode.INVALID_OBJECT_KEY, String.valueOf(e.getMessage()), e);
            return;
        } catch (ObjectExistsException e) {
            task.reject(ErrorCode.OBJECT_EXISTS, String.valueOf(e.getMessage()), e);
            return;
        } catch (InvalidImageException e) {
            task.reject(ErrorCode.INVALID_RECORD, String.valueOf(e.getMessage()), e);
            return;
        } catch (RuntimeException | StackOverflowError e) {
            // A mistake of ours that this record brings out; the others must not suffer from it.
            LOG.error("Cannot store {}", task.input().getRequest().getImageId(), e);
            task.reject(ErrorCode.INVALID_RECORD, "Storing the image failed: " + e, e);
            return;
        }
        if (stored != null) {
            proven = true;
            metrics.stored(stored);
            task.complete(stored);
        }
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private interface Call<T> {
        T run() throws ObjectStoreException;
    }

    /**
     * Repeats a call until it succeeds, also while this process is short of memory or of a class: no record's fault.
     *
     * @return null if given up
     * @throws ObjectStoreException if repeating it cannot help
     */
    private <T> @Nullable T persist(Call<T> call, BooleanSupplier givenUp)
            throws ObjectStoreException, InterruptedException {
        Backoff backoff = backoffs.get();
        while (!givenUp.getAsBoolean()) {
            try {
                T result = call.run();
                mended();
                return result;
            } catch (ObjectStoreException e) {
                if (e.kind() == Kind.REFUSED) {
                    throw e;
                }
                failed(e);
                backoff.failed();
                backoff.await(givenUp);
            } catch (OutOfMemoryError | LinkageError e) {
                pause(backoff, e, givenUp);
            }
        }
        return null;
    }

    /** Shows what is no fault of a record's and waits. Memory may be so short that even that fails. */
    private void pause(Backoff backoff, Throwable why, BooleanSupplier givenUp) throws InterruptedException {
        trouble = TRYING_AGAIN;
        try {
            trouble = TRYING_AGAIN + ": " + why;
            LOG.warn(TRYING_AGAIN, why);
            backoff.failed();
            backoff.await(givenUp);
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            Thread.sleep(LAST_RESORT_MILLIS);
        }
    }

    private void failed(ObjectStoreException e) {
        if (closed) {
            return; // the call was broken off by close()
        }
        metrics.failed(e);
        if (trouble.isEmpty()) {
            LOG.warn("{}; trying again until it works", e.getMessage());
        } else {
            LOG.debug("{}", e.getMessage());
        }
        trouble = String.valueOf(e.getMessage());
    }

    private void mended() {
        if (!trouble.isEmpty()) {
            LOG.info("Storing to {} works again", store);
            trouble = "";
        }
    }

    @Override
    public void close() {
        closed = true;
        store.close();
        threads.forEach(Thread::interrupt);
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
