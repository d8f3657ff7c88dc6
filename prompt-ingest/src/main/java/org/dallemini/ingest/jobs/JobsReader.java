package org.dallemini.ingest.jobs;

import org.dallemini.events.JobStatus;
import org.dallemini.stage.TopicFollower;
import org.dallemini.stage.config.StageConfig;

/** Tells {@link NewestJobs} what jobs there are, from the topic {@code jobs}. */
public final class JobsReader {
    private JobsReader() {}

    public static TopicFollower<JobStatus> start(StageConfig config, NewestJobs newest) {
        return TopicFollower.start(
                "job-list",
                config,
                config.topics().jobs(),
                JobStatus.class,
                TopicFollower.ALL,
                new TopicFollower.Reader<>() {
                    @Override
                    public void take(String key, JobStatus job, long timestamp) {
                        newest.add(job);
                    }

                    @Override
                    public void forget(String key) {
                        newest.forget(key);
                    }

                    @Override
                    public void caughtUp() {
                        newest.complete();
                    }
                });
    }
}
