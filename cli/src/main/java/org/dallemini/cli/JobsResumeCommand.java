package org.dallemini.cli;

import org.dallemini.events.JobAction;
import org.dallemini.events.JobStatus;
import org.dallemini.jobs.JobText;
import picocli.CommandLine.Command;

/** {@code dallemini jobs resume}. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Takes the cancel of jobs back, and ends when each job says so, a line each. What still waits is drawn.",
            "",
            "Images that were given up until then stay given up: 'dallemini jobs retry ID' takes the cancel back too, and draws those."
        },
        footer = {
            "",
            "Exit codes: 0 not canceled any more, or never was; 1 there is no such job; 2 wrong usage or settings; 75 it is safe but no job says so yet, or try again later; 130 interrupted."
        })
final class JobsResumeCommand extends JobOrders {
    JobsResumeCommand() {
        super(JobAction.RESUME);
    }

    @Override
    boolean isDone(JobStatus job) {
        return job.getCancelRequestedAt() == null;
    }

    @Override
    String objection(JobStatus job) {
        return "";
    }

    @Override
    String outcome(JobStatus job) {
        return job.getJobId() + " " + JobText.outcome(job)
                + (job.getCanceled() > 0 ? "; 'dallemini jobs retry " + job.getJobId() + "' draws those" : "");
    }
}
