package org.dallemini.ingest.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.dallemini.ingest.jobs.QueueWatch.Estimate;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class QueueWatchTest {
    private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");

    private final FakeJobs jobs = new FakeJobs();
    private Instant now = START;
    private final QueueWatch watch = new QueueWatch(() -> now);
    private final JobSweep sweep = new JobSweep(jobs, List.of(watch));

    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    @AfterEach
    void close() {
        sweep.close();
    }

    private JobStatus put(String id, Lane lane, int requested, int drawn, int age) {
        JobState state = drawn == requested ? JobState.COMPLETED : drawn > 0 ? JobState.RUNNING : JobState.PENDING;
        JobStatus job = JobStatus.newBuilder()
                .setJobId(id)
                .setState(state)
                .setLane(lane)
                .setRequested(requested)
                .setTokensDrawn(drawn)
                .setSubmittedAt(START.minusSeconds(age))
                .setUpdatedAt(now)
                .build();
        jobs.put(job);
        return job;
    }

    private void lookAfter(Duration time) {
        now = now.plus(time);
        sweep.look();
    }

    @Test
    void shouldCountTheImagesOfEarlierJobsOfTheLane() {
        // Given
        JobStatus first = put("z", Lane.INTERACTIVE, 10, 0, 30);
        JobStatus second = put("y", Lane.INTERACTIVE, 5, 0, 20);
        JobStatus third = put("x", Lane.INTERACTIVE, 1, 0, 10);
        JobStatus bulk = put("b", Lane.BULK, 100, 0, 40);
        JobStatus done = put("d", Lane.INTERACTIVE, 3, 3, 50);
        assertThat(watch.estimate(first)).isEmpty();

        // When
        sweep.look();

        // Then: nothing is known of the rate yet
        assertThat(watch.estimate(first)).contains(new Estimate(0, null, null));
        assertThat(watch.estimate(second)).contains(new Estimate(10, null, null));
        assertThat(watch.estimate(third)).contains(new Estimate(15, null, null));
        assertThat(watch.estimate(bulk)).contains(new Estimate(0, null, null));
        assertThat(watch.estimate(done)).isEmpty();
        assertThat(watch.estimate(put("new", Lane.INTERACTIVE, 1, 0, 0))).contains(new Estimate(16, null, null));
    }

    @Test
    void shouldGuessTimesFromTheRateOfTheLane() {
        // Given
        put("a", Lane.INTERACTIVE, 20, 0, 30);
        put("b", Lane.INTERACTIVE, 10, 0, 20);
        put("bulk", Lane.BULK, 100, 0, 20);
        sweep.look();

        // When: 20 images in 10 s, some of them of a job that has come and gone since
        JobStatus first = put("a", Lane.INTERACTIVE, 20, 16, 30);
        put("c", Lane.INTERACTIVE, 4, 4, -5);
        lookAfter(Duration.ofSeconds(10));

        // Then: 2 a second
        assertThat(watch.estimate(first)).contains(new Estimate(0, null, now.plusSeconds(2)));
        JobStatus second = jobs.find("b").orElseThrow();
        assertThat(watch.estimate(second)).contains(new Estimate(4, now.plusSeconds(2), now.plusSeconds(7)));
        assertThat(watch.estimate(jobs.find("bulk").orElseThrow())).contains(new Estimate(0, null, null));
    }

    @Test
    void shouldNotTakeIdleTimeForSlowness() {
        // Given: 10 images in 10 s, then nothing to do for an hour
        put("a", Lane.INTERACTIVE, 10, 0, 30);
        sweep.look();
        put("a", Lane.INTERACTIVE, 10, 10, 30);
        lookAfter(Duration.ofSeconds(10));
        lookAfter(Duration.ofHours(1));

        // When
        JobStatus next = put("b", Lane.INTERACTIVE, 5, 0, 0);
        lookAfter(Duration.ofSeconds(5));

        // Then
        assertThat(watch.estimate(next)).contains(new Estimate(0, now, now.plusSeconds(5)));
    }

    @Test
    void shouldForgetHowFastItOnceWas() {
        // Given: 1 a second, then a tenth of that for longer than it looks back
        put("a", Lane.INTERACTIVE, 1000, 0, 30);
        sweep.look();
        put("a", Lane.INTERACTIVE, 1000, 60, 30);
        lookAfter(Duration.ofMinutes(1));
        JobStatus slow = jobs.find("a").orElseThrow();
        for (int minute = 1; minute <= 6; minute++) {
            slow = put("a", Lane.INTERACTIVE, 1000, 60 + 6 * minute, 30);
            lookAfter(Duration.ofMinutes(1));
        }

        // Then
        assertThat(watch.estimate(slow)).contains(new Estimate(0, null, now.plusSeconds(9040)));
    }

    @Test
    void shouldKeepWhatItKnowsWhileNobodyCanTell() {
        JobStatus job = put("a", Lane.INTERACTIVE, 1, 0, 30);
        sweep.look();
        jobs.isAway(true);
        assertThatThrownBy(sweep::look).isInstanceOf(JobsUnavailableException.class);
        assertThat(watch.estimate(job)).isPresent();
    }
}
