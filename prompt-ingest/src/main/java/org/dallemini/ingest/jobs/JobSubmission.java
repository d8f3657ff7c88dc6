package org.dallemini.ingest.jobs;

import java.util.Map;
import java.util.Objects;
import org.dallemini.prompt.Webhook;
import org.jspecify.annotations.Nullable;

/**
 * How a job was submitted, by its records.
 *
 * @param promptsExpected {@link JobHeaders#PROMPTS}
 * @param content {@link JobHeaders#CONTENT}; only of prompts that were accepted
 * @param labels its prompts'
 * @param submittedAt when the first prompt was published, in milliseconds; 0 if no record has told
 * @param bulk whether some of it waits in the lane {@code BULK}
 * @param webhook the first that a prompt names; null if there is none
 */
record JobSubmission(
        int promptsExpected,
        @Nullable String content,
        Map<String, String> labels,
        long submittedAt,
        boolean bulk,
        @Nullable Webhook webhook) {
    static final JobSubmission UNKNOWN = new JobSubmission(0, null, Map.of(), 0, false, null);

    JobSubmission {
        labels = Map.copyOf(labels);
    }

    /** @param hasPrompts whether prompts of the job are known: the webhook of others that joined it does not count */
    JobSubmission merge(JobSubmission news, boolean hasPrompts) {
        boolean isStranger = hasPrompts && !Objects.equals(content, news.content);
        return new JobSubmission(
                Math.max(promptsExpected, news.promptsExpected),
                content != null ? content : news.content,
                JobLabels.with(labels, news.labels),
                submittedAt == 0 || news.submittedAt == 0
                        ? submittedAt + news.submittedAt
                        : Math.min(submittedAt, news.submittedAt),
                bulk || news.bulk,
                webhook != null || isStranger ? webhook : news.webhook);
    }

    /** @param millis when it was submitted, if no record has told */
    JobSubmission by(long millis) {
        return submittedAt != 0 ? this : new JobSubmission(promptsExpected, content, labels, millis, bulk, webhook);
    }
}
