package org.dallemini.cli;

import org.dallemini.lists.BulkJob;
import org.dallemini.lists.ListedPrompt;
import org.dallemini.lists.Printable;
import org.dallemini.lists.Survey;

/** What {@code submit} says of a list before it is published, on standard error. */
final class SubmitText {
    private SubmitText() {}

    /** What is odd about it. */
    static void remarks(Survey survey, BadLines badLines) {
        badLines.refusals().words().forEach(System.err::println);
        int more = badLines.refusals().untold();
        if (more > 0) {
            System.err.println("... and " + more + " more; --manifest DIR lists all of them");
        }
        if (!survey.ignoredFields().isEmpty()) {
            System.err.println(
                    "Fields that mean nothing here were left out: " + String.join(", ", survey.ignoredFields()));
        }
        survey.doubts().forEach(System.err::println);
        if (survey.blankLines() > 0) {
            System.err.println(
                    survey.blankLines() + (survey.blankLines() == 1 ? " blank line" : " blank lines") + " skipped");
        }
    }

    static String badLines(Survey survey) {
        return survey.badLines() == 1 ? "1 line is no prompt" : survey.badLines() + " lines are no prompts";
    }

    static String size(BulkJob job) {
        return job.prompts()
                + (job.prompts() == 1 ? " prompt, " : " prompts, ")
                + job.images()
                + (job.images() == 1 ? " image" : " images");
    }

    /** What would be published; on standard output, for it is what was asked for. */
    static void rehearse(BulkJob job, Survey survey) {
        System.out.println("Job " + job.id() + " would be " + size(job));
        for (ListedPrompt prompt : survey.beginning()) {
            Long seed = prompt.request().getSeed();
            System.out.println("  " + prompt.id(job.id()) + "  "
                    + Printable.quote(prompt.request().getText())
                    + (prompt.request().getCount() == 1
                            ? ""
                            : "  count " + prompt.request().getCount())
                    + (seed == null ? "" : "  seed " + seed));
        }
        if (job.prompts() > survey.beginning().size()) {
            System.out.println("  ...");
        }
    }
}
