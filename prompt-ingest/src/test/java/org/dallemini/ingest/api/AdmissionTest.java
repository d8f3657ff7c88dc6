package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.jobs.FakeJobs;
import org.dallemini.ingest.jobs.JobSweep;
import org.dallemini.ingest.jobs.JobsUnavailableException;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final Caller ONE = new Caller("one");
    private static final Caller OTHER = new Caller("other");

    private final FakeJobs jobs = new FakeJobs();
    private final AtomicLong nanos = new AtomicLong();

    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    private static Problem refused(ThrowingCallable call) {
        return catchThrowableOfType(RefusedRequestException.class, call).problem();
    }

    private void know(String id, JobState state, int requested, int stored) {
        jobs.put(job(id, state, requested, stored).build());
    }

    private static JobStatus.Builder job(String id, JobState state, int requested, int stored) {
        return Records.job(id, state, requested, Instant.EPOCH).setStored(stored);
    }

    @Test
    void shouldLetSoManyThroughInAMinute() throws Exception {
        // Given
        RateLimit limit = new RateLimit(2, nanos::get);
        limit.take(ONE);
        limit.take(ONE);

        // When, Then: a request more every half minute, however often somebody tries
        for (int i = 0; i < 5; i++) {
            assertThat(refused(() -> limit.take(ONE)).headers()).containsEntry("Retry-After", "30");
        }
        limit.take(OTHER);
        nanos.addAndGet(Duration.ofSeconds(29).toNanos());
        assertThat(refused(() -> limit.take(ONE)).headers()).containsEntry("Retry-After", "1");
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        limit.take(ONE);
        assertThat(refused(() -> limit.take(ONE)).status()).isEqualTo(429);

        // And who is quiet for long may not send more than a minute's
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        limit.take(ONE);
        limit.take(ONE);
        assertThat(refused(() -> limit.take(ONE)).code()).isEqualTo("rate-limited");
    }

    @Test
    void shouldCountWhatWaitsAndWhatItLetIn() throws Exception {
        // Given
        know("a", JobState.RUNNING, 10, 4);
        know("b", JobState.COMPLETED, 100, 100);
        know("c", JobState.PENDING, 2, 0);
        QueueLimit limit = new QueueLimit(10);
        try (JobSweep sweep = new JobSweep(jobs, List.of(limit))) {
            sweep.look();

            // When, Then
            assertThat(refused(() -> limit.add(3)).detail()).contains("8 images wait", "no more than 10");
            assertThat(refused(() -> limit.add(11)).code()).isEqualTo("job-too-large");
            limit.add(2);
            assertThat(refused(() -> limit.add(1)).code()).isEqualTo("queue-full");

            // And what has been drawn since makes room
            know("a", JobState.COMPLETED, 10, 10);
            know("d", JobState.PENDING, 2, 0);
            sweep.look();
            limit.add(6);
            assertThat(refused(() -> limit.add(1)).code()).isEqualTo("queue-full");
        }
    }

    @Test
    void shouldNotCountWhatWasCanceled() throws Exception {
        // Given: two of ten were drawn before somebody canceled the job, five were given up so far
        jobs.put(job("a", JobState.RUNNING, 10, 2).setCanceled(5).build());
        QueueLimit limit = new QueueLimit(10);
        try (JobSweep sweep = new JobSweep(jobs, List.of(limit))) {
            // When
            sweep.look();

            // Then
            limit.add(7);
            assertThat(refused(() -> limit.add(1)).detail()).contains("10 images wait");
        }
    }

    @Test
    void shouldKeepTheLastCountWhileNobodyCanTell() throws Exception {
        know("a", JobState.RUNNING, 10, 0);
        QueueLimit limit = new QueueLimit(10);
        try (JobSweep sweep = new JobSweep(jobs, List.of(limit))) {
            sweep.look();
            jobs.isAway(true);
            assertThatThrownBy(sweep::look).isInstanceOf(JobsUnavailableException.class);
            assertThat(refused(() -> limit.add(1)).status()).isEqualTo(429);
        }
    }

    @Test
    void shouldTurnNobodyAwayWithoutLimits() {
        assertThatCode(() -> {
                    Admission admission = ofAll();
                    for (int i = 0; i < 1000; i++) {
                        admission.submit(ONE);
                        admission.queue(1_000_000);
                        admission.await(ONE);
                    }
                })
                .doesNotThrowAnyException();
    }

    /** Turns nobody away. */
    static Admission ofAll() {
        return new Admission(new RateLimit(0, System::nanoTime), new QueueLimit(0), 0);
    }
}
