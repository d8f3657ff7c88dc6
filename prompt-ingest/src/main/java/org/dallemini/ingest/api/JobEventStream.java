package org.dallemini.ingest.api;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.dallemini.events.ImagePreview;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.EventWriter;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.ingest.jobs.Jobs.ImagePage;
import org.dallemini.ingest.jobs.JobsUnavailableException;
import org.dallemini.ingest.json.JobJson;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of one job for one client. A client that reads slowly is sent fewer statuses, never fewer images; nothing
 * is read before there is room for it. All of it happens on the one thread that is given.
 */
final class JobEventStream {
    private static final Logger log = LoggerFactory.getLogger(JobEventStream.class);

    /** Images after these are not sent, only statuses: each image that was sent is remembered. */
    static final int MAX_IMAGES = 50_000;

    private static final int IMAGES_AT_A_TIME = 32;
    private static final int CANDIDATES_AT_A_TIME = 500;
    private static final int MAX_PENDING = 32 << 10;
    private static final int RECONNECT_MILLIS = 1_000;

    /** The images of a job are looked through this often at most, and for a twentieth of the time. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    private static final int REST_FACTOR = 20;

    /** The last image may be known a little later than that its job has ended. */
    private static final Duration MAX_WAIT_FOR_IMAGES = Duration.ofSeconds(5);

    private final String jobId;
    private final Jobs jobs;
    private final Function<StoredImage, Map<String, Object>> imageJson;
    private final ScheduledExecutorService thread;
    private final Runnable whenClosed;
    private final Response response;
    private final Callback callback;
    private final boolean withImages;
    private final long openedNanos = System.nanoTime();

    private EventId sent;
    /** Images that were sent before this connection, and may not be known by their hashes yet. */
    private boolean isResuming;

    /** The last of each image, as far as it was not sent yet. */
    private final Map<String, ImagePreview> previews = new LinkedHashMap<>();

    private final Set<Long> candidates = new HashSet<>();
    private Set<Long> hashes = new HashSet<>();
    private @Nullable EventWriter writer;
    private @Nullable JobStatus latest;
    private @Nullable JobStatus sentStatus;
    private @Nullable String cursor;
    private boolean isScanning;
    private long scannedNanos;
    private long nextScan = System.nanoTime();
    /** When it was last known that there is something to send. */
    private long lastNewNanos;

    private boolean isWaiting;
    private boolean isClosed;

    /**
     * @param last what the client has been sent on an earlier connection
     * @param withImages whether images are sent too
     * @param imageJson writes one
     * @param whenClosed run once
     */
    JobEventStream(
            String jobId,
            EventId last,
            boolean withImages,
            Jobs jobs,
            Function<StoredImage, Map<String, Object>> imageJson,
            ScheduledExecutorService thread,
            Response response,
            Callback callback,
            Runnable whenClosed) {
        this.jobId = jobId;
        this.sent = last;
        this.isResuming = withImages && last.images() > 0;
        this.withImages = withImages;
        this.jobs = jobs;
        this.imageJson = imageJson;
        this.thread = thread;
        this.response = response;
        this.callback = callback;
        this.whenClosed = whenClosed;
    }

    long openedNanos() {
        return openedNanos;
    }

    /** Takes a status, of which only the last counts. */
    void update(JobStatus status) {
        if (isClosed) {
            return;
        }
        if (latest == null) {
            begin(status);
        }
        lastNewNanos = System.nanoTime();
        latest = status;
        sendNew();
    }

    /** Takes what there is now of an image that is being drawn, of which only the last counts. */
    void preview(ImagePreview preview) {
        if (!isClosed) {
            previews.put(preview.getImageId(), preview);
            sendNew();
        }
    }

    private void begin(JobStatus status) {
        boolean isSentAlready = status.getUpdatedAt().toEpochMilli() == sent.updatedAt();
        if (sent.isEnd() && isSentAlready) {
            isClosed = true;
            // 204 keeps a browser from connecting again.
            Answer.bytes(204, "text/event-stream", new byte[0], Map.of()).write(response, callback);
            whenClosed.run();
            return;
        }
        sentStatus = isSentAlready ? status : null;
        writer = new EventWriter(response, callback, thread, this::sendNew, this::disconnected);
        writer.retry(RECONNECT_MILLIS);
    }

    /** Refuses the request if the job is still unknown. */
    void refuseIfUnknown() {
        if (latest == null && !isClosed) {
            isClosed = true;
            Answer.problem(JobResource.unknownJob().problem()).write(response, callback);
            whenClosed.run();
        }
    }

    void keepAlive() {
        if (writer != null && writer.isReady()) {
            writer.comment();
            writer.flush();
        }
    }

    /** Ends the connection; the client may connect again. */
    void close() {
        if (!isClosed) {
            isClosed = true;
            if (writer == null) {
                callback.failed(new IllegalStateException("the server stops"));
            } else {
                writer.end();
            }
            whenClosed.run();
        }
    }

    private void disconnected() {
        if (!isClosed) {
            isClosed = true;
            whenClosed.run();
        }
    }

    /** Sends what there is, if the client has taken what was sent before. */
    private void sendNew() {
        try {
            EventWriter to = writer;
            JobStatus status = latest;
            if (!isClosed && to != null && status != null && to.isReady()) {
                send(to, status);
            }
        } catch (RuntimeException e) {
            log.error("Job {} could not be told of", jobId, e);
            close();
        }
    }

    private void send(EventWriter to, JobStatus status) {
        if (!status.equals(sentStatus)) {
            sentStatus = status;
            sent = sent.withStatus(status.getUpdatedAt().toEpochMilli());
            to.event("status", sent.toString(), Answer.text(JobJson.job(status)));
        }
        boolean areImagesDue = withImages && hashes.size() < MAX_IMAGES && sendImages(to, status);
        sendPreviews(to);
        boolean isLate = !isScanning && System.nanoTime() - lastNewNanos > MAX_WAIT_FOR_IMAGES.toNanos();
        if (Jobs.hasEnded(status) && (!areImagesDue || isLate)) {
            to.event("end", sent.withEnd().toString(), Answer.text(JobJson.job(status)));
            close();
        } else {
            to.flush();
        }
    }

    /** After the images: who has been sent an image needs no preview of it. */
    private void sendPreviews(EventWriter to) {
        previews.values().stream()
                .filter(preview -> !hashes.contains(EventId.hashOf(preview.getImageId())))
                .forEach(preview -> to.event("preview", Answer.text(PreviewResource.json(preview))));
        previews.clear();
    }

    /** Adds images as far as there is room; whether some are still due. */
    private boolean sendImages(EventWriter to, JobStatus status) {
        try {
            while (to.pending() < MAX_PENDING && (isScanning || isScanDue(status))) {
                scan(to);
            }
        } catch (JobsUnavailableException e) {
            nextScan = System.nanoTime() + MAX_WAIT_FOR_IMAGES.toNanos();
        }
        boolean areDue = isScanning || isResuming || status.getStored() > hashes.size();
        if (areDue && to.pending() == 0 && !isWaiting) { // else it goes on when what is pending was taken
            isWaiting = true;
            thread.schedule(this::sendLater, Math.max(1, nextScan - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
        return areDue;
    }

    private void sendLater() {
        isWaiting = false;
        sendNew();
    }

    private boolean isScanDue(JobStatus status) {
        return (isResuming || status.getStored() > hashes.size()) && System.nanoTime() - nextScan >= 0;
    }

    /** Looks at the next images of the job. */
    private void scan(EventWriter to) {
        long start = System.nanoTime();
        isScanning = true;
        ImagePage page = isResuming
                ? jobs.images(jobId, cursor, CANDIDATES_AT_A_TIME)
                : jobs.images(jobId, cursor, IMAGES_AT_A_TIME, id -> !hashes.contains(EventId.hashOf(id)));
        for (StoredImage image : page.images()) {
            long hash = EventId.hashOf(image.getRequest().getImageId());
            if (!isResuming) {
                hashes.add(hash);
                lastNewNanos = start;
                sent = sent.with(image, hash);
                to.event("image", sent.toString(), Answer.text(imageJson.apply(image)));
            } else if (sent.mayHold(image)) {
                candidates.add(hash);
            }
        }
        cursor = page.next();
        scannedNanos += System.nanoTime() - start;
        if (cursor == null) {
            isScanning = false;
            nextScan = System.nanoTime() + (isResuming ? 0 : Math.max(PAUSE.toNanos(), REST_FACTOR * scannedNanos));
            scannedNanos = 0;
            if (isResuming) {
                resume();
            }
        }
    }

    private void resume() {
        isResuming = false;
        hashes = sent.sentOf(candidates).orElseGet(() -> {
            sent = EventId.NONE.withStatus(sent.updatedAt()); // all images are sent again
            return new HashSet<>();
        });
    }
}
