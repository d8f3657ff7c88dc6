package org.dallemini.ingest.jobs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Predicate;
import org.dallemini.events.JobStatus;
import org.jspecify.annotations.Nullable;

/**
 * The order of all jobs, the newest first, in memory: of each its id and when it was submitted, some 200 bytes. What
 * else is known of a job, {@link Jobs} tells. Thread-safe.
 */
public final class NewestJobs {
    /** The oldest go. */
    static final int MAX_JOBS = 1_000_000;

    /** A query that finds little ends here and says where to go on: its time is bounded however many jobs there are. */
    private static final int MAX_SCANNED = 10_000;

    private final Jobs jobs;
    private final int most;
    private final NavigableSet<JobPlace> order = new ConcurrentSkipListSet<>();
    private final Map<String, JobPlace> places = new HashMap<>();
    private volatile boolean complete;

    /** @param jobs tells of each */
    public NewestJobs(Jobs jobs) {
        this(jobs, MAX_JOBS);
    }

    NewestJobs(Jobs jobs, int most) {
        this.jobs = jobs;
        this.most = most;
    }

    /** There is this job, now or as it was before; any order will do. */
    public synchronized void add(JobStatus job) {
        JobPlace place = JobPlace.of(job);
        JobPlace earlier = places.put(place.jobId(), place);
        if (place.equals(earlier)) {
            return;
        }
        if (earlier != null) {
            order.remove(earlier);
        }
        order.add(place);
        if (order.size() > most) {
            places.remove(order.pollLast().jobId());
        }
    }

    /** There is no such job any more. */
    synchronized void forget(String jobId) {
        JobPlace place = places.remove(jobId);
        if (place != null) {
            order.remove(place);
        }
    }

    /** All that were there when this process started have been added. */
    public void complete() {
        complete = true;
    }

    /** Whether the jobs of before this process started are there too. */
    public boolean isComplete() {
        return complete;
    }

    /** Whether a text is the {@link Jobs.Page#next} of some page. */
    public static boolean isPlace(String text) {
        return JobPlace.parse(text).isPresent();
    }

    /**
     * Jobs, the newest first. Those that come or go between two pages move none of the others.
     *
     * @param after only jobs behind this place; null for all
     * @param limit most jobs to return
     * @throws JobsUnavailableException if nobody can tell at present
     */
    public Jobs.Page list(Predicate<JobStatus> filter, @Nullable String after, int limit) {
        NavigableSet<JobPlace> some =
                after == null ? order : order.tailSet(JobPlace.parse(after).orElseThrow(), false);
        List<JobStatus> found = new ArrayList<>();
        JobPlace last = null;
        int looked = 0;
        for (JobPlace place : some) {
            if (found.size() == limit || looked++ == MAX_SCANNED) {
                return new Jobs.Page(found, String.valueOf(last));
            }
            last = place;
            jobs.find(place.jobId()).filter(filter).ifPresent(found::add);
        }
        return new Jobs.Page(found, null);
    }

    synchronized int size() {
        return places.size();
    }
}
