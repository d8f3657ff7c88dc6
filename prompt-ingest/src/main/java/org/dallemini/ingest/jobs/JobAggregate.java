package org.dallemini.ingest.jobs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobFailure;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.dallemini.prompt.Webhook;
import org.jspecify.annotations.Nullable;

/**
 * All that is kept of a job beside its parts.
 *
 * @param submittedAt milliseconds, as is {@code updatedAt}
 * @param failures some of what failed, at most {@value #MOST_FAILURES}
 * @param cancelRequestedAt milliseconds; null if the job is wanted
 * @param bulk whether some of its images wait in the lane {@code BULK}
 * @param webhook who is told of it, by the first prompt that names somebody; null if nobody is
 */
record JobAggregate(
        JobCounts counts,
        int promptsExpected,
        @Nullable String content,
        Map<String, String> labels,
        long submittedAt,
        long updatedAt,
        List<Failed> failures,
        @Nullable Long cancelRequestedAt,
        boolean bulk,
        @Nullable Webhook webhook) {
    static final int MOST_FAILURES = 20;

    static final JobAggregate EMPTY =
            new JobAggregate(JobCounts.NONE, 0, null, Map.of(), 0, 0, List.of(), null, false, null);

    JobAggregate {
        labels = Map.copyOf(labels);
        failures = List.copyOf(failures);
    }

    /** With what a fact says of the job itself. */
    JobAggregate with(JobUpdate fact) {
        return new JobAggregate(
                counts,
                Math.max(promptsExpected, fact.promptsExpected()),
                content != null ? content : fact.content(),
                JobLabels.with(labels, fact.labels()),
                earlier(submittedAt, fact.submittedAt()),
                updatedAt,
                failures,
                cancelRequestedAt(fact.command()),
                bulk || fact.bulk(),
                webhook(fact));
    }

    /** The first counts; of prompts that have joined a job which asked for something else, none. */
    private @Nullable Webhook webhook(JobUpdate fact) {
        boolean isStranger = counts.prompts() > 0 && !Objects.equals(content, fact.content());
        return webhook != null || isStranger ? webhook : fact.webhook();
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

    /** 0 is unknown. */
    private static long earlier(long known, long told) {
        return known == 0 ? told : told == 0 ? known : Math.min(known, told);
    }

    /** With a part that has changed; the counts are those that the part contributes. */
    JobAggregate with(String subject, ItemProgress after, JobCounts before, JobCounts now) {
        List<Failed> named = new ArrayList<>(failures);
        named.removeIf(failed -> failed.subject().equals(subject));
        Failure failure = after.failure();
        if (failure != null && after.isFailed() && named.size() < MOST_FAILURES) {
            named.add(new Failed(subject, failure));
        }
        return new JobAggregate(
                counts.minus(before).plus(now),
                promptsExpected,
                content,
                labels,
                submittedAt,
                updatedAt,
                named,
                cancelRequestedAt,
                bulk,
                webhook);
    }

    JobAggregate naming(List<Failed> others) {
        return new JobAggregate(
                counts,
                promptsExpected,
                content,
                labels,
                submittedAt,
                updatedAt,
                others,
                cancelRequestedAt,
                bulk,
                webhook);
    }

    /** @param now milliseconds */
    JobAggregate changedAt(long now) {
        long since = submittedAt == 0 && isKnown() ? now : submittedAt;
        return new JobAggregate(
                counts, promptsExpected, content, labels, since, now, failures, cancelRequestedAt, bulk, webhook);
    }

    /** Whether a prompt or an image of it has been seen; a command may come before them, or for no job at all. */
    boolean isKnown() {
        return !counts.equals(JobCounts.NONE);
    }

    /** Whether it has failures but names none of them: those it named have been mended. */
    boolean lacksNames() {
        return failures.isEmpty() && counts.failed() + counts.refused() > 0;
    }

    JobState state() {
        boolean allKnown = counts.prompts() + counts.refused() >= Math.max(1, promptsExpected);
        boolean nothingLeft = counts.stored() + counts.failed() + counts.canceled() >= counts.requested();
        // Of a canceled job nobody waits for prompts that may never come.
        if (nothingLeft && counts.canceled() > 0 && (allKnown || cancelRequestedAt != null)) {
            return JobState.CANCELED;
        }
        if (nothingLeft && allKnown) {
            return counts.failed() + counts.refused() > 0 ? JobState.FAILED : JobState.COMPLETED;
        }
        boolean hasBegun = counts.drawn() + counts.failed() + counts.canceled() + counts.refused() > 0;
        return hasBegun ? JobState.RUNNING : JobState.PENDING;
    }

    JobStatus status(String jobId) {
        return JobStatus.newBuilder()
                .setJobId(jobId)
                .setState(state())
                .setRequested(counts.requested())
                .setTokensDrawn(counts.drawn())
                .setDecoded(counts.decoded())
                .setStored(counts.stored())
                .setFailed(counts.failed())
                .setLabels(new TreeMap<>(labels))
                .setSubmittedAt(Instant.ofEpochMilli(submittedAt))
                .setUpdatedAt(Instant.ofEpochMilli(updatedAt))
                .setPrompts(counts.prompts())
                .setPromptsRefused(counts.refused())
                .setPromptsExpected(promptsExpected)
                .setContent(content)
                .setFailures(failures.stream()
                        .map(failed -> new JobFailure(
                                failed.subject(),
                                failed.failure().code(),
                                failed.failure().stage(),
                                failed.failure().message()))
                        .toList())
                .setCanceled(counts.canceled())
                .setCancelRequestedAt(cancelRequestedAt == null ? null : Instant.ofEpochMilli(cancelRequestedAt))
                .setLane(bulk ? Lane.BULK : Lane.INTERACTIVE)
                .build();
    }
}
