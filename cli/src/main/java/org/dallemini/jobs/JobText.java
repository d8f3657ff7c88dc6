package org.dallemini.jobs;

import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.dallemini.deadletters.LetterText;
import org.dallemini.events.JobFailure;
import org.dallemini.events.JobStatus;

/** Jobs as text for people, fit for a terminal. */
public final class JobText {
    private static final int MAX_MESSAGE_LENGTH = 120;

    private JobText() {}

    /** One line: id, state, images, failures, submission, labels. */
    public static String line(JobStatus job) {
        return String.format(
                        Locale.ROOT,
                        "%-40s %-9s %15s %12s  %s  %s",
                        LetterText.printable(job.getJobId()),
                        state(job),
                        job.getStored() + "/" + job.getRequested() + " stored",
                        failures(job),
                        job.getSubmittedAt().truncatedTo(ChronoUnit.SECONDS),
                        labels(job))
                .stripTrailing();
    }

    private static String failures(JobStatus job) {
        int failed = job.getFailed() + job.getPromptsRefused();
        if (failed > 0) {
            return failed + " failed";
        }
        return job.getCanceled() > 0 ? job.getCanceled() + " canceled" : "";
    }

    /** All there is to say. */
    public static String page(JobStatus job) {
        var page = new StringBuilder();
        row(page, "job", job.getJobId());
        row(page, "state", state(job));
        row(page, "prompts", prompts(job));
        row(
                page,
                "images",
                job.getRequested() + " asked for: " + job.getTokensDrawn() + " drawn, " + job.getDecoded()
                        + " decoded, " + job.getStored() + " stored, " + job.getFailed() + " failed"
                        + (job.getCanceled() > 0 ? ", " + job.getCanceled() + " canceled" : ""));
        if (job.getEnergyJoules() > 0) {
            row(
                    page,
                    "took",
                    JobFootprint.energy(job.getEnergyJoules()) + ", " + JobFootprint.grams(job.getCo2eGrams())
                            + " CO2e (estimates; 'footprint ID' tells more)");
        }
        row(page, "submitted", job.getSubmittedAt().toString());
        row(page, "changed", job.getUpdatedAt().toString());
        if (job.getCancelRequestedAt() != null) {
            row(page, "canceled", "asked for at " + job.getCancelRequestedAt());
        }
        if (!job.getLabels().isEmpty()) {
            row(page, "labels", labels(job));
        }
        if (!job.getFailures().isEmpty()) {
            int all = job.getFailed() + job.getPromptsRefused();
            page.append("failures")
                    .append(
                            all > job.getFailures().size()
                                    ? " (" + job.getFailures().size() + " of " + all + ")"
                                    : "")
                    .append('\n');
            job.getFailures()
                    .forEach(failure -> page.append("  ").append(line(failure)).append('\n'));
        }
        return page.toString().stripTrailing();
    }

    private static String line(JobFailure failure) {
        String message = LetterText.printable(failure.getMessage());
        return LetterText.printable(failure.getSubject()) + "  " + LetterText.printable(failure.getCode()) + "  "
                + (message.length() > MAX_MESSAGE_LENGTH ? message.substring(0, MAX_MESSAGE_LENGTH) + "..." : message);
    }

    private static String prompts(JobStatus job) {
        String text = job.getPrompts() + " taken in";
        if (job.getPromptsExpected() > 0) {
            text += " of " + job.getPromptsExpected();
        }
        return job.getPromptsRefused() > 0 ? text + ", " + job.getPromptsRefused() + " refused" : text;
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append(String.format(Locale.ROOT, "%-10s %s%n", name, LetterText.printable(value)));
    }

    /** What has become of it, in a sentence. */
    public static String outcome(JobStatus job) {
        var text = new StringBuilder()
                .append(state(job))
                .append(": ")
                .append(job.getStored())
                .append(" of ")
                .append(job.getRequested())
                .append(job.getRequested() == 1 ? " image stored" : " images stored");
        if (job.getFailed() > 0) {
            text.append(", ").append(job.getFailed()).append(" failed");
        }
        if (job.getCanceled() > 0) {
            text.append(", ").append(job.getCanceled()).append(" canceled");
        }
        if (job.getPromptsRefused() > 0) {
            text.append(", ")
                    .append(job.getPromptsRefused())
                    .append(job.getPromptsRefused() == 1 ? " prompt refused" : " prompts refused");
        }
        return text.toString();
    }

    static String state(JobStatus job) {
        return job.getState().name().toLowerCase(Locale.ROOT);
    }

    private static String labels(JobStatus job) {
        return new TreeMap<>(job.getLabels())
                .entrySet().stream()
                        .map(label -> LetterText.printable(label.getKey() + "=" + label.getValue()))
                        .collect(Collectors.joining(" "));
    }
}
