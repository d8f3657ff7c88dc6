package org.dallemini.stage.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobCommand;
import org.junit.jupiter.api.Test;

class CanceledJobsTest {
    private static final long NOON = Instant.parse("2026-11-25T12:00:00Z").toEpochMilli();

    private final CanceledJobs jobs = new CanceledJobs();

    private void take(String jobId, JobAction action, long time) {
        jobs.take(new JobCommand(jobId, action, Instant.EPOCH, null), time);
    }

    @Test
    void shouldKnowTheLastCommandOfEachJob() {
        // When
        take("a", JobAction.CANCEL, NOON);
        take("b", JobAction.CANCEL, NOON);
        take("a", JobAction.RESUME, NOON);
        take("c", JobAction.RESUME, NOON);
        take("c", JobAction.CANCEL, NOON);
        take("e", JobAction.CANCEL, NOON);
        take("e", JobAction.DELETE, NOON);

        // Then: what comes late of a deleted job is not drawn either
        assertThat(jobs.contains("e")).isTrue();
        assertThat(jobs.isDeleted("e")).isTrue();
        assertThat(jobs.isDeleted("c")).isFalse();
        assertThat(jobs.contains("a")).isFalse();
        assertThat(jobs.contains("b")).isTrue();
        assertThat(jobs.contains("c")).isTrue();
        assertThat(jobs.contains("d")).isFalse();
    }

    @Test
    void shouldForgetWhatIsOlderThanAnyRequest() {
        // Given
        take("old", JobAction.CANCEL, NOON);
        take("again", JobAction.CANCEL, NOON);
        take("again", JobAction.CANCEL, NOON + 1);

        // When
        take("new", JobAction.CANCEL, NOON + CanceledJobs.RETENTION.toMillis() + 1);

        // Then
        assertThat(jobs.contains("old")).isFalse();
        assertThat(jobs.contains("again")).isTrue();
        assertThat(jobs.contains("new")).isTrue();
    }

    @Test
    void shouldKeepNoMoreThanItMay() {
        for (int i = 0; i <= CanceledJobs.MAX_JOBS; i++) {
            take("j" + i, JobAction.CANCEL, NOON);
        }
        assertThat(jobs.size()).isEqualTo(CanceledJobs.MAX_JOBS);
        assertThat(jobs.contains("j0")).isFalse();
        assertThat(jobs.contains("j" + CanceledJobs.MAX_JOBS)).isTrue();
    }
}
