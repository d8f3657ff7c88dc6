package org.dallemini.bench.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {

    @Test
    void shouldReadTheKernelsUnits() {
        // When
        ProcessMemory memory =
                ProcessMemory.of(List.of("Name:\tjava", "VmHWM:\t 2000000 kB", "VmRSS:\t 1000000 kB", "VmData: 5 kB"));

        // Then
        assertThat(memory).isEqualTo(new ProcessMemory(1024, 2048));
    }

    @Test
    void shouldBeZeroWhereTheKernelSaysNothing() {
        assertThat(ProcessMemory.of(List.of("Name: java"))).isEqualTo(new ProcessMemory(0, 0));
    }
}
