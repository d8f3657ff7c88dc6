package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.jobs.FakeJobs;
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
        jobs.put(JobStatus.newBuilder()
                .setJobId(id)
                .setState(state)
                .setRequested(requested)
                .setStored(stored)
                .setSubmittedAt(Instant.EPOCH)
                .setUpdatedAt(Instant.EPOCH)
                .build());
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
        try (QueueLimit limit = new QueueLimit(jobs, 10)) {
            limit.count();

            // When, Then
            assertThat(refused(() -> limit.add(3)).detail()).contains("8 images wait", "the limit is 10");
            limit.add(2);
            assertThat(refused(() -> limit.add(1)).code()).isEqualTo("queue-full");

            // And what has been drawn since makes room
            know("a", JobState.COMPLETED, 10, 10);
            know("d", JobState.PENDING, 2, 0);
            limit.count();
            limit.add(6);
            assertThat(refused(() -> limit.add(1)).code()).isEqualTo("queue-full");
        }
    }

    @Test
    void shouldKeepTheLastCountWhileNobodyCanTell() throws Exception {
        know("a", JobState.RUNNING, 10, 0);
        try (QueueLimit limit = new QueueLimit(jobs, 10)) {
            limit.count();
            jobs.isAway(true);
            assertThat(refused(() -> limit.add(1)).status()).isEqualTo(429);
        }
    }

    @Test
    void shouldTurnNobodyAwayWithoutLimits() {
        assertThatCode(() -> {
                    try (Admission admission = Admission.ofAll(jobs)) {
                        for (int i = 0; i < 1000; i++) {
                            admission.submit(ONE);
                            admission.queue(1_000_000);
                            admission.await(ONE);
                        }
                    }
                })
                .doesNotThrowAnyException();
    }
}
