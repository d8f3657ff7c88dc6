package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.jobs.FakeJobs;
import org.dallemini.ingest.jobs.JobWatch;
import org.dallemini.ingest.jobs.JobsUnavailableException;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AcceptedJobsTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    private Instant now = NOW;
    private final FakeJobs tracked = new FakeJobs();
    private final AcceptedJobs jobs = new AcceptedJobs(tracked, () -> now);

    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    private static Submission submission(String jobId) {
        PromptRequest.Builder prompt =
                PromptRequest.newBuilder().setText("a cat").setCount(2).setJobId(jobId);
        return new Submission(
                jobId,
                List.of(
                        prompt.setId(jobId + "-0")
                                .setLabels(Map.of("set", "one"))
                                .build(),
                        prompt.setId(jobId + "-1")
                                .setLabels(Map.of("set", "two", "lane", "bulk"))
                                .setLane(Lane.BULK)
                                .build()));
    }

    @Test
    void shouldKnowAJobFromWhenItIsAcceptedUntilItIsTracked() {
        // Given
        Submission submission = submission("j");
        assertThat(jobs.find("j")).isEmpty();

        // When
        jobs.accept(submission);

        // Then
        assertThat(jobs.find("j")).hasValueSatisfying(job -> {
            assertThat(job.getState()).isEqualTo(JobState.PENDING);
            assertThat(job.getRequested()).isEqualTo(4);
            assertThat(job.getPrompts()).isZero();
            assertThat(job.getPromptsExpected()).isEqualTo(2);
            assertThat(job.getContent()).isEqualTo(submission.content());
            assertThat(job.getLabels()).isEqualTo(Map.of("set", "one", "lane", "bulk"));
            assertThat(job.getLane()).isEqualTo(Lane.BULK);
            assertThat(job.getSubmittedAt()).isEqualTo(NOW);
        });
        assertThat(jobs.list(job -> true, null, 10).jobs()).isEmpty();
        assertThat(jobs.find("other")).isEmpty();

        // And when it is tracked, and forgotten
        JobStatus running = JobStatus.newBuilder(jobs.find("j").orElseThrow())
                .setState(JobState.RUNNING)
                .build();
        tracked.put(running);
        assertThat(jobs.find("j")).contains(running);
        tracked.forget("j");
        assertThat(jobs.find("j")).isEmpty();
    }

    @Test
    void shouldTellWhoWatchesOfAJobThatIsNotTrackedYet() throws Exception {
        // Given
        List<JobState> told = new CopyOnWriteArrayList<>();
        jobs.accept(submission("j"));

        try (JobWatch watch = new JobWatch(jobs);
                AutoCloseable subscription = watch.watch("j", job -> told.add(job.getState()))) {
            // When, Then
            await().until(() -> told.equals(List.of(JobState.PENDING)));
            tracked.put(JobStatus.newBuilder(jobs.find("j").orElseThrow())
                    .setState(JobState.RUNNING)
                    .build());
            await().until(() -> told.equals(List.of(JobState.PENDING, JobState.RUNNING)));
        }
    }

    @Test
    void shouldForgetAJobThatIsNeverTracked() {
        // Given
        jobs.accept(submission("j"));

        // When, Then
        now = NOW.plus(AcceptedJobs.REMEMBERED);
        assertThat(jobs.find("j")).isPresent();
        now = now.plusMillis(1);
        assertThat(jobs.find("j")).isEmpty();
    }

    /** The tracker forgets it some moments later, and by then so does this. */
    @Test
    void shouldNotShowAJobThatItHasDeleted() {
        // Given
        jobs.accept(submission("j"));
        tracked.put(jobs.find("j").orElseThrow());

        // When
        jobs.delete("j");

        // Then
        assertThat(jobs.isDeleted("j")).isTrue();
        assertThat(jobs.find("j")).isEmpty();
        now = NOW.plus(AcceptedJobs.REMEMBERED).plusMillis(1);
        assertThat(jobs.isDeleted("j")).isFalse();
    }

    @Test
    void shouldForgetTheOldestWhereThereAreMany() {
        // When
        for (int i = 0; i <= AcceptedJobs.MAX_JOBS; i++) {
            jobs.accept(submission("j" + i));
        }

        // Then
        assertThat(jobs.find("j0")).isEmpty();
        assertThat(jobs.find("j1")).isPresent();
        assertThat(jobs.find("j" + AcceptedJobs.MAX_JOBS)).isPresent();
    }

    /** What is remembered is not all there is to know of a job: it may be running, or canceled. */
    @Test
    void shouldNotGuessWhereNobodyCanTell() {
        jobs.accept(submission("j"));
        tracked.isAway(true);
        assertThatThrownBy(() -> jobs.find("j")).isInstanceOf(JobsUnavailableException.class);
    }
}
