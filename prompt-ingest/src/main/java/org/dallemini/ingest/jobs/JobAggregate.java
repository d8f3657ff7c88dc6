package org.dallemini.ingest.jobs;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobFailure;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.dallemini.ingest.jobs.JobCounts.Count;
import org.jspecify.annotations.Nullable;

/**
 * All that is kept of a job beside its parts.
 *
 * @param updatedAt milliseconds
 * @param failures some of what failed, at most {@value #MAX_FAILURES}
 * @param cancelRequestedAt milliseconds; null if the job is wanted
 * @param deletion who has deleted it, and when; null if nobody has
 * @param clearedAt the {@code updatedAt} at which all images that had to go were deleted; null if there were none
 */
record JobAggregate(
        JobCounts counts,
        @JsonUnwrapped JobSubmission submission,
        long updatedAt,
        List<Failed> failures,
        @Nullable Long cancelRequestedAt,
        @Nullable Deletion deletion,
        @Nullable Long clearedAt) {
    static final int MAX_FAILURES = 20;

    static final JobAggregate EMPTY =
            new JobAggregate(JobCounts.NONE, JobSubmission.UNKNOWN, 0, List.of(), null, null, null);

    /**
     * That a job is not wanted any more.
     *
     * @param at milliseconds
     * @param by who has said so; null if that is not known
     */
    record Deletion(long at, @Nullable String by) {}

    JobAggregate {
        failures = List.copyOf(failures);
    }

    /** With what a update says of the job itself. */
    JobAggregate with(JobUpdate update) {
        return new JobAggregate(
                counts,
                submission.merge(update.submission(), counts.get(Count.PROMPTS) > 0),
                updatedAt,
                failures,
                cancelRequestedAt(update.command()),
                deletion(update.command()),
                clearedAt);
    }

    private @Nullable Deletion deletion(JobUpdate.@Nullable Command command) {
        if (deletion != null || command == null || command.action() != JobAction.DELETE) {
            return deletion;
        }
        return new Deletion(command.requestedAt(), command.by());
    }

    /** After a command, if there is one; the last counts. */
    private @Nullable Long cancelRequestedAt(JobUpdate.@Nullable Command command) {
        if (command == null) {
            return cancelRequestedAt;
        }
        if (command.action() != JobAction.CANCEL) {
            return null;
        }
        return cancelRequestedAt == null ? (Long) command.requestedAt() : cancelRequestedAt;
    }

    /** With a part that has changed; the counts are those that the part contributes. */
    JobAggregate with(String subject, ItemProgress after, JobCounts before, JobCounts now) {
        List<Failed> named = new ArrayList<>(failures);
        named.removeIf(failed -> failed.subject().equals(subject));
        Failure failure = after.failure();
        if (failure != null && after.isFailed() && named.size() < MAX_FAILURES) {
            named.add(new Failed(subject, failure));
        }
        return new JobAggregate(
                counts.minus(before).plus(now), submission, updatedAt, named, cancelRequestedAt, deletion, clearedAt);
    }

    JobAggregate naming(List<Failed> others) {
        return new JobAggregate(counts, submission, updatedAt, others, cancelRequestedAt, deletion, clearedAt);
    }

    /** @param now milliseconds */
    JobAggregate changedAt(long now) {
        return new JobAggregate(
                counts,
                isKnown() ? submission.by(now) : submission,
                now,
                failures,
                cancelRequestedAt,
                deletion,
                clearedAt);
    }

    /** With all of its images deleted that had to be. */
    JobAggregate cleared() {
        return new JobAggregate(counts, submission, updatedAt, failures, cancelRequestedAt, deletion, updatedAt);
    }

    /** Whether it is as it was when the last of its images that had to go was deleted. */
    boolean isCleared() {
        return clearedAt != null && clearedAt == updatedAt;
    }

    /** Whether somebody has deleted it: it is remembered only so that it does not come back. */
    boolean isDeleted() {
        return deletion != null;
    }

    /** Whether a prompt or an image of it has been seen; a command may come before them, or for no job at all. */
    boolean isKnown() {
        return !counts.equals(JobCounts.NONE);
    }

    /** Whether it has failures but names none of them: those it named have been corrected. */
    boolean lacksNames() {
        return failures.isEmpty() && counts.get(Count.FAILED) + counts.get(Count.REFUSED) > 0;
    }

    JobState state() {
        boolean allKnown =
                counts.get(Count.PROMPTS) + counts.get(Count.REFUSED) >= Math.max(1, submission.promptsExpected());
        boolean nothingLeft = counts.get(Count.STORED) + counts.get(Count.FAILED) + counts.get(Count.CANCELED)
                >= counts.get(Count.REQUESTED);
        // Of a canceled job nobody waits for prompts that may never come.
        if (nothingLeft && counts.get(Count.CANCELED) > 0 && (allKnown || cancelRequestedAt != null)) {
            return JobState.CANCELED;
        }
        if (nothingLeft && allKnown) {
            return counts.get(Count.FAILED) + counts.get(Count.REFUSED) > 0 ? JobState.FAILED : JobState.COMPLETED;
        }
        boolean hasBegun = counts.get(Count.DRAWN)
                        + counts.get(Count.FAILED)
                        + counts.get(Count.CANCELED)
                        + counts.get(Count.REFUSED)
                > 0;
        return hasBegun ? JobState.RUNNING : JobState.PENDING;
    }

    JobStatus status(String jobId) {
        return JobStatus.newBuilder()
                .setJobId(jobId)
                .setState(state())
                .setRequested(counts.get(Count.REQUESTED))
                .setTokensDrawn(counts.get(Count.DRAWN))
                .setDecoded(counts.get(Count.DECODED))
                .setStored(counts.get(Count.STORED))
                .setFailed(counts.get(Count.FAILED))
                .setLabels(new TreeMap<>(submission.labels()))
                .setSubmittedAt(Instant.ofEpochMilli(submission.submittedAt()))
                .setUpdatedAt(Instant.ofEpochMilli(updatedAt))
                .setPrompts(counts.get(Count.PROMPTS))
                .setPromptsRefused(counts.get(Count.REFUSED))
                .setPromptsExpected(submission.promptsExpected())
                .setContent(submission.content())
                .setFailures(failures.stream()
                        .map(failed -> new JobFailure(
                                failed.subject(),
                                failed.failure().code(),
                                failed.failure().stage(),
                                failed.failure().message()))
                        .toList())
                .setCanceled(counts.get(Count.CANCELED))
                .setCancelRequestedAt(cancelRequestedAt == null ? null : Instant.ofEpochMilli(cancelRequestedAt))
                .setEnergyJoules(counts.sum(Count.MILLIJOULES) / 1e3)
                .setCo2eGrams(counts.sum(Count.CO2E_MICROGRAMS) / 1e6)
                .setLane(submission.bulk() ? Lane.BULK : Lane.INTERACTIVE)
                .build();
    }
}
