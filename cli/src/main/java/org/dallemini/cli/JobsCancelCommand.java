package org.dallemini.cli;

import org.dallemini.events.JobAction;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.jobs.JobText;
import picocli.CommandLine.Command;

/** {@code dallemini jobs cancel}. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Gives up what of jobs is not drawn yet, and ends when each job says so, a line each. Images that are being drawn end within one step of the model, those that wait are refused; what is drawn is still stored.",
            "",
            "'dallemini jobs retry ID' takes it back and draws what was given up."
        },
        footer = {
            "",
            "Exit codes: 0 canceled, now or before; 1 a job has ended otherwise, or there is no such job; 2 wrong usage or settings; 75 it is safe but no job says so yet, or try again later; 130 interrupted."
        })
final class JobsCancelCommand extends JobOrders {
    JobsCancelCommand() {
        super(JobAction.CANCEL);
    }

    /** A job whose last image was drawn just before ends as it would have. */
    @Override
    boolean isDone(JobStatus job) {
        return job.getCancelRequestedAt() != null || Jobs.hasEnded(job);
    }

    @Override
    String objection(JobStatus job) {
        return Jobs.hasEnded(job) && job.getState() != JobState.CANCELED
                ? "has ended: " + JobText.outcome(job) + ". There is nothing left to cancel"
                : "";
    }

    @Override
    String outcome(JobStatus job) {
        String state = Jobs.hasEnded(job) ? "" : "being canceled; ";
        return job.getJobId() + " " + state + JobText.outcome(job);
    }
}
