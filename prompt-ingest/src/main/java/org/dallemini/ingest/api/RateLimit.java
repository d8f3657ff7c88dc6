package org.dallemini.ingest.api;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;

/** So many requests a minute for each caller; who has been quiet for a minute may send as many at once. Thread-safe. */
public final class RateLimit {
    private static final double NANOS_PER_MINUTE = Duration.ofMinutes(1).toNanos();

    private final int perMinute;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    /** @param tokens requests that may be sent at {@code nanos} */
    private record Bucket(double tokens, long nanos) {}

    /** @param perMinute 0 for any number */
    public RateLimit(int perMinute, LongSupplier nanoTime) {
        this.perMinute = perMinute;
        this.nanoTime = nanoTime;
    }

    void take(Caller caller) throws RefusedRequestException {
        if (perMinute == 0) {
            return;
        }
        Bucket left = buckets.merge(caller.name(), new Bucket(perMinute - 1, nanoTime.getAsLong()), this::taken);
        if (left.tokens < 0) {
            // What was not granted is not counted.
            buckets.computeIfPresent(caller.name(), (name, bucket) -> new Bucket(bucket.tokens + 1, bucket.nanos));
            double nanos = -left.tokens * NANOS_PER_MINUTE / perMinute;
            throw new RefusedRequestException(Problem.tooMany(
                    "rate-limited",
                    "More than " + perMinute + " requests a minute (api.rate.per.minute): send it again later.",
                    Duration.ofSeconds(
                            (long) Math.ceil(nanos / Duration.ofSeconds(1).toNanos()))));
        }
    }

    /** The bucket after one more request. */
    private Bucket taken(Bucket before, Bucket fresh) {
        double refill = (fresh.nanos - before.nanos) * perMinute / NANOS_PER_MINUTE;
        return new Bucket(Math.min(perMinute, before.tokens + refill) - 1, fresh.nanos);
    }
}
