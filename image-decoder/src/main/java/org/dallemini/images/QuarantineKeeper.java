package org.dallemini.images;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InterruptException;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.S3Settings;
import org.dallemini.stage.Failures;
import org.dallemini.stage.OutageWait;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.deletions.DeletionFollower;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A quarantine bucket, and the thread that empties it. Each image decoder does that for all: who looks finds what a
 * process left that was killed, and what was kept after its image had been deleted.
 */
final class QuarantineKeeper implements Quarantine {
    private static final Logger log = LoggerFactory.getLogger(QuarantineKeeper.class);
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final QuarantineBucket bucket;
    private final DeletionFollower deletions;
    private final InstantSource clock;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final OutageWait wait = new OutageWait(
            log,
            "Pictures stay in quarantine for now",
            "Pictures in quarantine are deleted again",
            () -> closing.getCount() == 0);
    private final Thread thread = new Thread(this::run, "quarantine");

    private QuarantineKeeper(QuarantineBucket bucket, DeletionFollower deletions, InstantSource clock) {
        this.bucket = bucket;
        this.deletions = deletions;
        this.clock = clock;
        thread.setDaemon(true);
    }

    /** Starts the thread and returns at once. */
    static QuarantineKeeper start(StageConfig config, S3Settings bucket, Duration retention) {
        QuarantineKeeper keeper = new QuarantineKeeper(
                new QuarantineBucket(new MinioObjectStore(bucket), retention),
                DeletionFollower.start(config),
                InstantSource.system());
        keeper.thread.start();
        return keeper;
    }

    @Override
    public Optional<String> keep(String imageId, Supplier<byte[]> png) throws ObjectStoreException {
        return bucket.keep(imageId, png);
    }

    @Override
    public void release(String imageId) throws ObjectStoreException {
        bucket.release(imageId);
    }

    @Override
    public String trouble() {
        String trouble = deletions.trouble();
        return trouble.isEmpty() ? wait.trouble() : trouble;
    }

    private void run() {
        try {
            do {
                try {
                    bucket.store().ensureBucket();
                    bucket.sweep(deletions::contains, clock.instant());
                    wait.succeeded();
                } catch (ObjectStoreException e) {
                    wait.failed(String.valueOf(e.getMessage()));
                } catch (RuntimeException e) {
                    wait.failed("Emptying the quarantine fails: " + Failures.describe(e));
                }
            } while (!closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptException | InterruptedException e) {
            log.debug("Closed", e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        bucket.store().close();
        thread.interrupt();
        deletions.close();
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
