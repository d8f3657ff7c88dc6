package org.dallemini.footprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaplTest {
    private static final double RANGE = 262143328850.0;

    @TempDir
    private Path folder;

    @BeforeEach
    void makeTwoPackages() throws IOException {
        zone("intel-rapl:0", "package-0", RANGE - 1_000_000);
        zone("intel-rapl:1", "package-1", 0);
        zone("intel-rapl:0:0", "core", 0);
        stat(0);
    }

    private void zone(String zone, String name, double microjoules) throws IOException {
        Path path = Files.createDirectories(folder.resolve(zone));
        Files.writeString(path.resolve("name"), name + "\n");
        Files.writeString(path.resolve("max_energy_range_uj"), String.format("%.0f%n", RANGE));
        energy(zone, microjoules);
    }

    private void energy(String zone, double microjoules) throws IOException {
        Files.writeString(folder.resolve(zone).resolve("energy_uj"), String.format("%.0f%n", microjoules));
    }

    /** Beside them waiting for disks, idle time and stolen time, which do not count. */
    private void stat(int busySeconds) throws IOException {
        int each = busySeconds * 100 / 5;
        Files.writeString(
                folder.resolve("stat"),
                "cpu  %1$d %1$d %1$d 77777 88888 %1$d %1$d 99999 0 0%ncpu0 1 1 1 1 1 1 1 1 0 0%n".formatted(each));
    }

    @Test
    void shouldGiveTheProcessItsShareOfAllPackages() throws IOException {
        // Given
        Rapl rapl = Rapl.open(folder, folder.resolve("stat"), 5).orElseThrow();
        assertThat(rapl.joules(5)).isZero();

        // When: 10 seconds of processor time have passed, 4 of them of this process
        stat(10);
        energy("intel-rapl:0", 2_000_000); // beyond its range, so 3 J
        energy("intel-rapl:1", 7_000_000);
        energy("intel-rapl:0:0", 6_000_000); // part of package-0

        // Then
        assertThat(rapl.joules(9)).isCloseTo(0.4 * 10, within(1e-6));
    }

    @Test
    void shouldAddUp() throws IOException {
        Rapl rapl = Rapl.open(folder, folder.resolve("stat"), 0).orElseThrow();
        for (int i = 1; i <= 3; i++) {
            stat(i);
            energy("intel-rapl:1", i * 1_000_000);
            rapl.joules(0.5 * i);
        }
        assertThat(rapl.joules(1.5)).isCloseTo(1.5, within(1e-6));
    }

    @Test
    void shouldKnowWhereThereAreNoCounters() throws IOException {
        assertThat(Rapl.open(folder.resolve("nowhere"), folder.resolve("stat"), 0))
                .isEmpty();
        Files.delete(folder.resolve("intel-rapl:1").resolve("energy_uj"));
        assertThat(Rapl.open(folder, folder.resolve("stat"), 0)).isEmpty();
    }
}
