package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code chaos/run kill}. */
class KillIT {
    private static final long SEED = 20261125;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    @Timeout(600)
    void shouldStoreEachImageOnceHoweverOftenStagesAndServersAreKilled() throws Exception {
        // Given
        var amount = new Disruption.Amount(4, 1, 1, 1);

        // When
        KillReport report = new KillRun(folder, SEED, 80, amount).run();

        // Then
        System.out.print(report.text());
        assertThat(report.isKept()).as(report.text()).isTrue();
        assertThat(report.disruptions())
                .isEqualTo(Map.of(
                        Disruption.Kind.KILL, 4,
                        Disruption.Kind.SCALE_UP, 1,
                        Disruption.Kind.SCALE_DOWN, 1,
                        Disruption.Kind.FREEZE, 1,
                        Disruption.Kind.KILL_SERVERS, 1));
    }
}
