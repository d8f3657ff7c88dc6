package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KillReportTest {
    private static final ChaosPrompts ONE_IMAGE = ChaosPrompts.of(1, new Random(1));
    private static final String DONE = "COMPLETED of 1: 1 drawn, 1 decoded, 1 stored, 0 failed";
    private static final Ledger UNDISTURBED = ledger(Map.of("a/0", List.of("x")), Map.of("a/0.png", "x"));

    @Test
    void shouldFindNothingWrongWhereBothAreAlike() {
        assertThat(report(UNDISTURBED).isKept()).isTrue();
        assertThat(report(UNDISTURBED).text()).containsPattern("lost +0").containsPattern("twice +0");
    }

    @Test
    void shouldFindWhatIsLost() {
        KillReport report = report(ledger(Map.of(), Map.of()));
        assertThat(report.lost()).containsExactly("images a/0", "object a/0.png");
        assertThat(report.isKept()).isFalse();
    }

    @Test
    void shouldFindWhatIsThereTwice() {
        KillReport report =
                report(ledger(Map.of("a/0", List.of("x", "x")), Map.of("a/0.png", "x", "a/0-again.png", "x")));
        assertThat(report.twice()).containsExactly("images a/0", "object a/0-again.png");
        assertThat(report.isKept()).isFalse();
    }

    @Test
    void shouldFindAnImageThatNobodyAskedFor() {
        var records = new HashMap<>(Map.of("a/0", List.of("x")));
        records.put("b/0", List.of("y"));
        assertThat(report(ledger(records, Map.of("a/0.png", "x"))).isKept()).isFalse();
    }

    @Test
    void shouldFindWhatIsNotTheSame() {
        KillReport report = report(ledger(Map.of("a/0", List.of("y")), Map.of("a/0.png", "y")));
        assertThat(report.different()).containsExactly("images a/0", "object a/0.png");
        assertThat(report.isKept()).isFalse();
    }

    @Test
    void shouldFindAJobThatIsNotComplete() {
        String running = DONE.replace("COMPLETED", "RUNNING");
        var disturbed =
                new Ledger(UNDISTURBED.records(), List.of(), UNDISTURBED.objects(), Map.of("prompt-0", running));
        assertThat(report(disturbed).different()).containsExactly("job prompt-0: " + running);
        assertThat(report(disturbed).isKept()).isFalse();
    }

    @Test
    void shouldFindDeadLettersAndAPeaceThatWasNone() {
        var disturbed =
                new Ledger(UNDISTURBED.records(), List.of("prompts.dlq a"), UNDISTURBED.objects(), UNDISTURBED.jobs());
        assertThat(report(disturbed).isKept()).isFalse();
        assertThat(KillReport.of(
                                1,
                                ChaosPrompts.of(2, new Random(1)),
                                Map.of(Disruption.Kind.KILL, 1),
                                0,
                                UNDISTURBED,
                                UNDISTURBED,
                                Duration.ZERO)
                        .lost())
                .containsExactly("images in peace: 1 of 2");
    }

    private static KillReport report(Ledger disturbed) {
        return KillReport.of(1, ONE_IMAGE, Map.of(Disruption.Kind.KILL, 1), 0, UNDISTURBED, disturbed, Duration.ZERO);
    }

    private static Ledger ledger(Map<String, List<String>> images, Map<String, String> objects) {
        return new Ledger(Map.of("images", images), List.of(), objects, Map.of("prompt-0", DONE));
    }
}
