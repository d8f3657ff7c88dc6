package org.dallemini.ingest.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Call;
import org.dallemini.ingest.http.EventWriter;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.jobs.JobWatch;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.ingest.jobs.JobsUnavailableException;
import org.dallemini.ingest.previews.Previews;
import org.dallemini.schemas.Ids;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells those who wait for jobs how they get on, by server-sent events; one thread writes to all of them. */
public final class JobEvents implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JobEvents.class);
    private static final int MAX_STREAMS = 200;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final Jobs jobs;
    private final JobWatch watch;
    private final Previews previews;
    private final Function<StoredImage, Map<String, Object>> imageJson;
    private final Timing timing;
    private final Set<JobEventStream> streams = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread writing = new Thread(task, "job-events");
        writing.setDaemon(true);
        return writing;
    });

    /**
     * @param keepAlive how often a client is sent something, so that neither side takes the connection for dead
     * @param appearance how long a job may take to become known
     * @param life of a connection; the key that opened it may have been revoked
     */
    public record Timing(Duration keepAlive, Duration appearance, Duration life) {
        public static final Timing DEFAULT =
                new Timing(Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofHours(1));
    }

    /**
     * @param watch not closed here
     * @param imageJson writes an image
     */
    public JobEvents(
            Jobs jobs,
            JobWatch watch,
            Previews previews,
            Function<StoredImage, Map<String, Object>> imageJson,
            Timing timing) {
        this.jobs = jobs;
        this.watch = watch;
        this.previews = previews;
        this.imageJson = imageJson;
        this.timing = timing;
        long interval = timing.keepAlive.toMillis();
        thread.scheduleWithFixedDelay(this::keepAlive, interval, interval, TimeUnit.MILLISECONDS);
    }

    public List<Route> routes() {
        return List.of(new Route("GET", JobRoutes.JOB + "/events", Role.READ, this::open));
    }

    /** Streams that are open. */
    int open() {
        return open.get();
    }

    private Answer open(Call call) throws RefusedRequestException {
        String jobId = call.variable("id");
        EventId last = EventId.parse(call.header("Last-Event-ID")).orElse(EventId.NONE);
        boolean withImages = withImages(call.parameters());
        try {
            if (!Ids.isValid(jobId)) {
                throw JobResource.unknownJob();
            }
            boolean isKnown =
                    jobs.find(jobId).isPresent(); // it may still come; this fails if the jobs are not available
            if (call.isHead()) { // and does not wait
                if (!isKnown) {
                    throw JobResource.unknownJob();
                }
                return EventWriter.beginning();
            }
        } catch (JobsUnavailableException e) {
            throw JobResource.unavailable();
        }
        if (open.incrementAndGet() > MAX_STREAMS) {
            open.decrementAndGet();
            throw new RefusedRequestException(Problem.of(
                    503,
                    "too-many-streams",
                    "This process tells " + MAX_STREAMS + " clients of their jobs already: ask again later, or ask"
                            + " for the job's status from time to time."));
        }
        return (response, callback) -> {
            try {
                thread.execute(() -> begin(jobId, last, withImages, response, callback));
            } catch (RejectedExecutionException e) {
                open.decrementAndGet();
                Answer.problem(JobResource.unavailable().problem()).write(response, callback);
            }
        };
    }

    private static boolean withImages(Map<String, List<String>> parameters) throws RefusedRequestException {
        String images = new Query(parameters, Set.of("images")).single("images");
        if (images != null && !images.equals("true") && !images.equals("false")) {
            throw Query.refuse("images is neither true nor false.");
        }
        return !"false".equals(images);
    }

    private void begin(String jobId, EventId last, boolean withImages, Response response, Callback callback) {
        List<AutoCloseable> subscriptions = new ArrayList<>();
        JobEventStream[] self = new JobEventStream[1];
        Runnable whenClosed = () -> {
            subscriptions.forEach(one -> Utils.closeQuietly(one, "subscription"));
            streams.remove(self[0]);
            open.decrementAndGet();
        };
        JobEventStream stream =
                new JobEventStream(jobId, last, withImages, jobs, imageJson, thread, response, callback, whenClosed);
        self[0] = stream;
        streams.add(stream);
        subscriptions.add(watch.watch(jobId, status -> execute(() -> stream.update(status))));
        if (withImages) {
            subscriptions.add(previews.watch(jobId, preview -> execute(() -> stream.preview(preview))));
        }
        thread.schedule(stream::refuseIfUnknown, timing.appearance.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            log.debug("The server stops", e);
        }
    }

    private void keepAlive() {
        for (JobEventStream stream : streams) {
            try {
                if (System.nanoTime() - stream.openedNanos() > timing.life.toNanos()) {
                    stream.close();
                } else {
                    stream.keepAlive();
                }
            } catch (RuntimeException e) {
                log.error("A stream of events could not be kept alive", e);
            }
        }
    }

    /** Ends all streams. */
    @Override
    public void close() {
        try {
            thread.submit(() -> streams.forEach(JobEventStream::close))
                    .get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("Closed before", e);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("Not all streams of events ended in order", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            thread.shutdownNow();
        }
    }
}
