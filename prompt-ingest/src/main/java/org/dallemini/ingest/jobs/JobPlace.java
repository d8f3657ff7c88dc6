package org.dallemini.ingest.jobs;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.events.JobStatus;
import org.dallemini.schemas.Ids;

/**
 * Where a job stands in the list: what was submitted later comes first, of several at once the one whose id is less.
 * The same in every process.
 *
 * @param submittedAt milliseconds since 1970
 */
record JobPlace(long submittedAt, String jobId) implements Comparable<JobPlace> {
    private static final Comparator<JobPlace> NEWEST_FIRST =
            Comparator.comparingLong(JobPlace::submittedAt).reversed().thenComparing(JobPlace::jobId);

    /** No id holds a tilde: what earlier versions gave, an id alone, is never taken for a place. */
    private static final Pattern TEXT = Pattern.compile("(\\d{1,18})~(.+)");

    static JobPlace of(JobStatus job) {
        return new JobPlace(Math.max(0, job.getSubmittedAt().toEpochMilli()), job.getJobId());
    }

    /** From what {@link #toString} gave; empty if it is something else. */
    static Optional<JobPlace> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches() && Ids.isValid(matcher.group(2))
                ? Optional.of(new JobPlace(Long.parseLong(matcher.group(1)), matcher.group(2)))
                : Optional.empty();
    }

    @Override
    public int compareTo(JobPlace other) {
        return NEWEST_FIRST.compare(this, other);
    }

    @Override
    public String toString() {
        return submittedAt + "~" + jobId;
    }
}
