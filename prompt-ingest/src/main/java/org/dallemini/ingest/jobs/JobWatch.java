package org.dallemini.ingest.jobs;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dallemini.events.JobStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells those who wait for jobs how they change: asks for each job that somebody waits for, on one thread. */
public final class JobWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JobWatch.class);
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final Jobs jobs;
    private final Map<Subscription, String> subscriptions = new ConcurrentHashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread watching = new Thread(task, "job-watch");
        watching.setDaemon(true);
        return watching;
    });

    public JobWatch(Jobs jobs) {
        this.jobs = jobs;
        thread.scheduleWithFixedDelay(this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Somebody who waits; to be closed by them. */
    public final class Subscription implements AutoCloseable {
        private final Consumer<JobStatus> listener;
        private @Nullable JobStatus last;

        private Subscription(Consumer<JobStatus> listener) {
            this.listener = listener;
        }

        @Override
        public void close() {
            subscriptions.remove(this);
        }
    }

    /**
     * From now on {@code listener} is told the status of the job: once as it is, as soon as the job is known, and then
     * whenever it has changed; of changes within a tenth of a second only the last.
     *
     * @param listener must not block: others wait behind it
     */
    public Subscription watch(String jobId, Consumer<JobStatus> listener) {
        Subscription subscription = new Subscription(listener);
        subscriptions.put(subscription, jobId);
        return subscription;
    }

    private void look() {
        subscriptions.forEach((subscription, jobId) -> {
            try {
                JobStatus now = jobs.find(jobId).orElse(null);
                if (now != null && !now.equals(subscription.last)) {
                    subscription.last = now;
                    subscription.listener.accept(now);
                }
            } catch (JobsUnavailableException e) {
                log.debug("Nobody can tell how job {} is", jobId, e); // whoever waits, waits a little longer
            } catch (RuntimeException e) {
                log.error("Somebody who waits for job {} could not be told", jobId, e);
            }
        });
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
