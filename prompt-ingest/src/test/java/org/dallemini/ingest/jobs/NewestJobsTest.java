package org.dallemini.ingest.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.serde.TrustedEvents;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NewestJobsTest {
    private static final Predicate<JobStatus> ANY = job -> true;

    private final FakeJobs known = new FakeJobs();
    private final NewestJobs jobs = new NewestJobs(known);

    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    private void add(String id, long submittedAt) {
        JobStatus job = job(id, submittedAt, JobState.COMPLETED);
        known.put(job);
        jobs.add(job);
    }

    private static JobStatus job(String id, long submittedAt, JobState state) {
        return Records.job(id, state, 1, Instant.ofEpochMilli(submittedAt)).build();
    }

    private List<String> ids(Predicate<JobStatus> filter, int limit) {
        return pages(jobs, filter, limit).stream().flatMap(List::stream).toList();
    }

    private static List<List<String>> pages(NewestJobs jobs, Predicate<JobStatus> filter, int limit) {
        List<List<String>> pages = new ArrayList<>();
        @Nullable String next = null;
        do {
            Jobs.Page page = jobs.list(filter, next, limit);
            pages.add(page.jobs().stream().map(JobStatus::getJobId).toList());
            next = page.next();
        } while (next != null);
        return pages;
    }

    @Test
    void shouldGiveEveryJobOnceTheNewestFirst() {
        // Given: many of the same time
        IntStream.range(0, 1000).forEach(i -> add("job-%03d".formatted(i), 1000 + i / 100));

        // When, Then
        List<String> all = ids(ANY, 7);
        assertThat(all)
                .hasSize(1000)
                .doesNotHaveDuplicates()
                .startsWith("job-900", "job-901")
                .endsWith("job-099");
        assertThat(ids(job -> job.getJobId().endsWith("55"), 200))
                .containsExactly(
                        "job-955", "job-855", "job-755", "job-655", "job-555", "job-455", "job-355", "job-255",
                        "job-155", "job-055");
    }

    @Test
    void shouldKnowAJobThatIsOlderThanItSeemed() {
        // Given
        add("a", 5);
        add("b", 4);

        // When: an earlier prompt of it has come late
        add("a", 3);

        // Then
        assertThat(ids(ANY, 1)).containsExactly("b", "a");
        assertThat(jobs.size()).isEqualTo(2);
    }

    @Test
    void shouldForgetWhatIsForgottenAndTheOldestOfTooMany() {
        // Given
        NewestJobs few = new NewestJobs(known, 3);
        for (int i = 0; i < 5; i++) {
            add("j" + i, i);
            few.add(job("j" + i, i, JobState.RUNNING));
        }

        // When
        few.forget("j3");
        few.forget("nobody");
        known.forget("j4"); // the copy of the jobs is ahead

        // Then
        assertThat(pages(few, ANY, 10)).containsExactly(List.of("j2"));
        assertThat(few.size()).isEqualTo(2);
    }

    @Test
    void shouldSayWhereToGoOnWhereItFindsLittle() {
        // Given
        IntStream.range(0, 25_000).forEach(i -> add("job-%05d".formatted(i), i));

        // When: one question looks at so many and no more
        Jobs.Page page = jobs.list(job -> job.getJobId().equals("job-00007"), null, 5);

        // Then
        assertThat(page.jobs()).isEmpty();
        assertThat(page.next()).isEqualTo("15000~job-15000");
        assertThat(ids(job -> job.getJobId().equals("job-00007"), 5)).containsExactly("job-00007");
    }

    @Test
    void shouldTellItsPlacesFromIds() {
        assertThat(NewestJobs.isPlace("1795839822695~a.b_c-d")).isTrue();
        for (String other :
                List.of("", "a", "1795839822695", "1795839822695.a", "~a", "1~", "1~a/b", "-1~a", "1~a~b")) {
            assertThat(NewestJobs.isPlace(other)).as(other).isFalse();
        }
    }
}
