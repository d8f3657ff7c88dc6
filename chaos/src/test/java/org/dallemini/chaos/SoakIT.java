package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code chaos/run soak}. */
class SoakIT {
    private static final long SEED = 20260917;

    /** The run is over before the second compiler has paid. */
    private static final List<String> JVM = Stream.concat(SoakRun.JVM.stream(), Stream.of("-XX:TieredStopAtLevel=1"))
            .toList();

    @TempDir
    Path folder;

    @Test
    void shouldStayAsLargeAsItIs() throws Exception {
        // Given
        System.out.println("seed " + SEED);
        var plan = new SoakRun.Plan(
                Duration.ofSeconds(8),
                Duration.ofSeconds(36),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                4,
                SEED,
                folder.resolve("samples.csv"));
        try (ProxiedServers servers = ProxiedServers.start(folder);
                StageProcesses stages = StageProcesses.start(folder, SmallestModel.with(servers.settings()), JVM)) {
            // When
            SoakRun.Report report = SoakRun.run(servers, stages, plan);

            // Then
            System.out.println(SoakTable.of(report));
            assertThat(report.broken()).isEmpty();
            assertThat(report.verdict().images()).isGreaterThan(100);
            assertThat(report.verdict().deadLettered()).isPositive();
        }
    }
}
