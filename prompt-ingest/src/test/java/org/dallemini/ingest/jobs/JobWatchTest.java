package org.dallemini.ingest.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dallemini.ingest.FastAwait.await;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.dallemini.events.JobState;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JobWatchTest {
    private final FakeJobs jobs = new FakeJobs();
    private final JobWatch watch = new JobWatch(jobs);

    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    @AfterEach
    void close() {
        watch.close();
    }

    private void set(JobState state) {
        jobs.put(Records.job("j", state, 1, Instant.EPOCH).build());
    }

    @Test
    void shouldTellEachChangeOnceThroughOutagesAndBadListeners() {
        // Given
        List<JobState> told = new CopyOnWriteArrayList<>();
        watch.watch("j", status -> {
            throw new IllegalStateException("of another");
        });
        watch.watch("j", status -> told.add(status.getState()));

        // When, Then
        set(JobState.PENDING);
        await().untilAsserted(() -> assertThat(told).containsExactly(JobState.PENDING));
        jobs.isAway(true);
        set(JobState.RUNNING);
        int asked = jobs.asked();
        await().until(() -> jobs.asked() > asked + 4);
        jobs.isAway(false);
        await().untilAsserted(() -> assertThat(told).containsExactly(JobState.PENDING, JobState.RUNNING));
    }

    @Test
    void shouldTellNothingMoreOnceClosed() {
        // Given
        List<JobState> told = new CopyOnWriteArrayList<>();
        JobWatch.Subscription subscription = watch.watch("j", status -> told.add(status.getState()));
        set(JobState.PENDING);
        await().until(() -> told.size() == 1);

        // When
        subscription.close();
        set(JobState.COMPLETED);

        // Then
        List<JobState> others = new CopyOnWriteArrayList<>();
        watch.watch("j", status -> others.add(status.getState()));
        await().untilAsserted(() -> assertThat(others).containsExactly(JobState.COMPLETED));
        assertThat(told).containsExactly(JobState.PENDING);
    }
}
