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
    private static final Ledger CALM = ledger(Map.of("a/0", List.of("x")), Map.of("a/0.png", "x"));

    @Test
    void shouldFindNothingWrongWhereBothAreAlike() {
        assertThat(report(CALM).isKept()).isTrue();
        assertThat(report(CALM).text()).containsPattern("lost +0").containsPattern("twice +0");
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
        var wild = new Ledger(CALM.records(), List.of(), CALM.objects(), Map.of("prompt-0", running));
        assertThat(report(wild).different()).containsExactly("job prompt-0: " + running);
        assertThat(report(wild).isKept()).isFalse();
    }

    @Test
    void shouldFindDeadLettersAndAPeaceThatWasNone() {
        var wild = new Ledger(CALM.records(), List.of("prompts.dlq a"), CALM.objects(), CALM.jobs());
        assertThat(report(wild).isKept()).isFalse();
        assertThat(KillReport.of(
                                1,
                                ChaosPrompts.of(2, new Random(1)),
                                Map.of(Disruption.Kind.KILL, 1),
                                0,
                                CALM,
                                CALM,
                                Duration.ZERO)
                        .lost())
                .containsExactly("images in peace: 1 of 2");
    }

    private static KillReport report(Ledger wild) {
        return KillReport.of(1, ONE_IMAGE, Map.of(Disruption.Kind.KILL, 1), 0, CALM, wild, Duration.ZERO);
    }

    private static Ledger ledger(Map<String, List<String>> images, Map<String, String> objects) {
        return new Ledger(Map.of("images", images), List.of(), objects, Map.of("prompt-0", DONE));
    }
}
