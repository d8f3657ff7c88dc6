package org.dallemini.ingest.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.jobs.NewestFirst.Place;
import org.dallemini.schemas.Ids;
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

    /** No id holds a tilde: what earlier versions gave, an id alone, is never taken for a place. */
    private static final Pattern CURSOR = Pattern.compile("(\\d{1,18})~(.+)");

    private final Jobs jobs;
    private final NewestFirst<Boolean> places;

    /** @param jobs has their statuses */
    public NewestJobs(Jobs jobs) {
        this(jobs, MAX_JOBS);
    }

    NewestJobs(Jobs jobs, int max) {
        this.jobs = jobs;
        this.places = new NewestFirst<>(max);
    }

    /** There is this job, now or as it was before; any order will do. */
    public void add(JobStatus job) {
        places.put(new Place(Math.max(0, job.getSubmittedAt().toEpochMilli()), job.getJobId()), true);
    }

    /** There is no such job any more. */
    void forget(String jobId) {
        places.remove(jobId);
    }

    /** All that were there when this process started have been added. */
    public void complete() {
        places.complete();
    }

    /** Whether the jobs of before this process started are there too. */
    public boolean isComplete() {
        return places.isComplete();
    }

    /** Whether a text is the {@link Jobs.Page#next} of some page. */
    public static boolean isPlace(String text) {
        return place(text).isPresent();
    }

    private static Optional<Place> place(String cursor) {
        return Place.parse(cursor, CURSOR).filter(place -> Ids.isValid(place.id()));
    }

    /**
     * Jobs, the newest first. Those that come or go between two pages move none of the others.
     *
     * @param after only jobs behind this place; null for all
     * @param limit most jobs to return
     * @throws JobsUnavailableException if the jobs are not available at present
     */
    public Jobs.Page list(Predicate<JobStatus> filter, @Nullable String after, int limit) {
        Place start = after == null ? null : place(after).orElseThrow();
        List<JobStatus> found = new ArrayList<>();
        String last = "";
        int scanned = 0;
        for (Place place : places.behind(start).keySet()) {
            if (found.size() == limit || scanned++ == MAX_SCANNED) {
                return new Jobs.Page(found, last);
            }
            last = place.time() + "~" + place.id();
            jobs.find(place.id()).filter(filter).ifPresent(found::add);
        }
        return new Jobs.Page(found, null);
    }

    int size() {
        return places.size();
    }
}
