package org.dallemini.ingest.jobs;

/**
 * A job's numbers. Each part of a job contributes its own, so that a part that changes takes the old ones back and adds
 * the new.
 *
 * @param prompts that were taken in
 * @param refused prompts
 * @param requested images; so are those that follow
 */
record JobCounts(
        int prompts, int refused, int requested, int drawn, int decoded, int stored, int failed, int canceled) {
    static final JobCounts NONE = new JobCounts(0, 0, 0, 0, 0, 0, 0, 0);

    JobCounts plus(JobCounts other) {
        return plus(other, 1);
    }

    JobCounts minus(JobCounts other) {
        return plus(other, -1);
    }

    private JobCounts plus(JobCounts other, int times) {
        return new JobCounts(
                prompts + times * other.prompts,
                refused + times * other.refused,
                requested + times * other.requested,
                drawn + times * other.drawn,
                decoded + times * other.decoded,
                stored + times * other.stored,
                failed + times * other.failed,
                canceled + times * other.canceled);
    }
}
