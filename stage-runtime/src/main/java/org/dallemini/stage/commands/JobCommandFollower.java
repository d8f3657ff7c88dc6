package org.dallemini.stage.commands;

import org.dallemini.events.JobCommand;
import org.dallemini.stage.TopicFollower;
import org.dallemini.stage.config.StageConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows which jobs are canceled, from all of the topic {@code job-commands}. Thread-safe. */
public final class JobCommandFollower implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JobCommandFollower.class);

    private final TopicFollower<JobCommand> follower;
    private volatile CanceledJobs current = new CanceledJobs();

    private JobCommandFollower(StageConfig config) {
        this.follower = TopicFollower.start(
                "job-commands",
                config,
                config.topics().jobCommands(),
                JobCommand.class,
                TopicFollower.ALL,
                new History());
    }

    /** Starts a thread and returns at once. */
    public static JobCommandFollower start(StageConfig config) {
        return new JobCommandFollower(config);
    }

    /** A job that was canceled and resumed long ago must not look canceled while its history is read. */
    private final class History implements TopicFollower.Reader<JobCommand> {
        private CanceledJobs jobs = new CanceledJobs();

        @Override
        public void begin() {
            jobs = new CanceledJobs();
        }

        @Override
        public void take(String key, JobCommand command, long timestamp) {
            jobs.take(command, timestamp);
            if (current == jobs) { // no history
                log.info(
                        switch (command.getAction()) {
                            case CANCEL -> "Job {} is canceled: what is not drawn yet is given up";
                            case DELETE -> "Job {} is deleted";
                            case RESUME -> "Job {} is resumed";
                        },
                        command.getJobId());
            }
        }

        @Override
        public void caughtUp() {
            current = jobs;
        }
    }

    /** Whether the job is deleted, as far as is known by now. */
    public boolean isDeleted(String jobId) {
        return current.isDeleted(jobId);
    }

    /** Whether the job is canceled or deleted, as far as is known by now. */
    public boolean isCanceled(String jobId) {
        return current.contains(jobId);
    }

    /** Why commands cannot be read at present, for people; empty if they can. */
    public String trouble() {
        String trouble = follower.trouble();
        return trouble.isEmpty() ? "" : "job commands cannot be read: " + trouble;
    }

    @Override
    public void close() {
        follower.close();
    }
}
