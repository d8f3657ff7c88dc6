package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code chaos/run faults}. */
class FaultIT {
    private static final long SEED = 20260917;

    @TempDir
    Path folder;

    @Test
    void shouldOutlastTroubleWithTheNetwork() throws Exception {
        // Given
        System.out.println("seed " + SEED);
        List<Fault> faults =
                new ArrayList<>(Fault.all(Duration.ofSeconds(4), Duration.ofSeconds(11), Duration.ofSeconds(3)));
        Collections.shuffle(faults, new Random(SEED));
        try (ProxiedServers servers = ProxiedServers.start(folder);
                Stages stages = StagesHere.start(SmallestModel.with(servers.settings()))) {
            // When
            FaultRun.Report report = FaultRun.run(servers, stages, faults, 3, Duration.ofSeconds(90), SEED);

            // Then
            System.out.println(FaultTable.of(report));
            assertThat(report.broken()).isEmpty();
            assertThat(report.verdict().images()).isGreaterThan(100);
        }
    }
}
