package org.dallemini.dalle.precision;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "flags\t\t: fpu avx2 avx512f avx512_vnni rdpid, true",
        "flags\t\t: fpu avx_vnni, true",
        "Features\t: fp asimd asimddp sve, true",
        "flags\t\t: fpu avx2 fma, false",
        "model name\t: avx_vnni, false"
    })
    void shouldKnowInstructionsThatMultiplyBytes(String line, boolean expected) throws IOException {
        Path cpuinfo = Files.writeString(folder.resolve("cpuinfo"), "processor\t: 0\n" + line + "\nbugs\t:\n");

        assertThat(Processor.hasByteProducts(cpuinfo)).isEqualTo(expected);
    }

    @Test
    void shouldAssumeNoneWhereItCannotTell() {
        assertThat(Processor.hasByteProducts(folder.resolve("missing"))).isFalse();
    }
}
