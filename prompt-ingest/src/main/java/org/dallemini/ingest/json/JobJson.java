package org.dallemini.ingest.json;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dallemini.events.JobFailure;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.jobs.QueueWatch.Estimate;
import org.jspecify.annotations.Nullable;

/** Jobs as they are written in answers. */
public final class JobJson {
    private JobJson() {}

    public static String state(JobState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    public static Map<String, Object> job(JobStatus job) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", job.getJobId());
        fields.put("state", state(job.getState()));
        fields.put("lane", job.getLane().name());
        fields.put("prompts", job.getPrompts());
        fields.put("promptsRefused", job.getPromptsRefused());
        fields.put("requested", job.getRequested());
        fields.put("tokensDrawn", job.getTokensDrawn());
        fields.put("decoded", job.getDecoded());
        fields.put("stored", job.getStored());
        fields.put("failed", job.getFailed());
        fields.put("canceled", job.getCanceled());
        fields.put("failures", job.getFailures().stream().map(JobJson::failure).toList());
        fields.put("labels", new TreeMap<>(job.getLabels()));
        fields.put("submittedAt", text(job.getSubmittedAt()));
        fields.put("updatedAt", text(job.getUpdatedAt()));
        fields.put("cancelRequestedAt", text(job.getCancelRequestedAt()));
        fields.put("energyJoules", job.getEnergyJoules());
        fields.put("co2eGrams", job.getCo2eGrams());
        return fields;
    }

    /** @param queue where it stands; empty if it waits for nothing, or that is not known */
    public static Map<String, Object> job(JobStatus job, Optional<Estimate> queue) {
        Map<String, Object> fields = job(job);
        fields.put("queue", queue.map(JobJson::queue).orElse(null));
        return fields;
    }

    private static Map<String, Object> queue(Estimate estimate) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("imagesAhead", estimate.imagesAhead());
        fields.put("startsAt", text(estimate.startsAt()));
        fields.put("endsAt", text(estimate.endsAt()));
        return fields;
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static Map<String, Object> failure(JobFailure failure) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("subject", failure.getSubject());
        fields.put("code", failure.getCode());
        fields.put("stage", failure.getStage());
        fields.put("message", failure.getMessage());
        return fields;
    }

    public static Map<String, Object> page(List<Map<String, Object>> jobs, @Nullable String next) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("jobs", jobs);
        fields.put("next", next);
        return fields;
    }
}
