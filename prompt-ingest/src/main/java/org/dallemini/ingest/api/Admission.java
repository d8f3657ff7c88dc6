package org.dallemini.ingest.api;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.jobs.JobSweep;

/**
 * Turns those away who want too much at once: 429, with the time after which it may go better. Rates and waiting
 * requests are counted for each key, in this process; the queue is the one that all processes share. Thread-safe.
 */
public final class Admission {
    private final RateLimit rate;
    private final QueueLimit queue;
    private final int mostWaiting;
    private final Map<String, Integer> waiting = new ConcurrentHashMap<>();

    /** @param mostWaiting requests of one caller that wait for their images at the same time; 0 for any number */
    public Admission(RateLimit rate, QueueLimit queue, int mostWaiting) {
        this.rate = rate;
        this.queue = queue;
        this.mostWaiting = mostWaiting;
    }

    /** Counts a request that submits something, whatever becomes of it. */
    public void submit(Caller caller) throws RefusedRequestException {
        rate.take(caller);
    }

    /** Images are to be put at the end of the queue. */
    void queue(int images) throws RefusedRequestException {
        queue.add(images);
    }

    /** Makes room for others. */
    @FunctionalInterface
    public interface Permit extends AutoCloseable {
        @Override
        void close();
    }

    /** Counts a caller that waits for images, until the permit is closed, once. */
    public Permit await(Caller caller) throws RefusedRequestException {
        int now = waiting.merge(caller.name(), 1, Integer::sum);
        Permit permit = () -> waiting.computeIfPresent(caller.name(), (name, many) -> many == 1 ? null : many - 1);
        if (mostWaiting > 0 && now > mostWaiting) {
            permit.close();
            throw new RefusedRequestException(Problem.tooMany(
                    "too-many-waiting",
                    mostWaiting
                            + " requests of yours wait for their images (api.max.waiting): send this one when one of"
                            + " them is answered, or submit a job, which nobody has to wait for.",
                    JobSweep.INTERVAL));
        }
        return permit;
    }
}
