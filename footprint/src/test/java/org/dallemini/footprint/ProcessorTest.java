package org.dallemini.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorTest {
    @ParameterizedTest
    @CsvSource({
        "GenuineIntel, 6, 85, 4, Skylake",
        "GenuineIntel, 6, 85, 7, Cascade Lake",
        "GenuineIntel, 6, 143, 8, Sapphire Rapids",
        "AuthenticAMD, 23, 49, 0, EPYC 2nd Gen",
        "AuthenticAMD, 25, 1, 1, EPYC 3rd Gen",
        "AuthenticAMD, 25, 17, 1, EPYC 4th Gen",
        "AuthenticAMD, 25, 160, 2, EPYC 4th Gen",
        "AuthenticAMD, 99, 1, 1, 'unknown processor, the median of those known'",
        "AuthenticAMD, 25, many, 1, 'unknown processor, the median of those known'",
    })
    void shouldKnowAProcessorByItsNumbers(String vendor, String family, String model, String stepping, String name) {
        String cpuinfo = """
                processor\t: 0
                vendor_id\t: %s
                cpu family\t: %s
                model\t\t: %s
                model name\t: Some Processor @ 2.0GHz
                stepping\t: %s

                processor\t: 1
                vendor_id\t: Another
                """.formatted(vendor, family, model, stepping);
        Processor processor = Processor.of(cpuinfo);
        assertThat(processor.name()).isEqualTo(name);
        assertThat(processor.wattsPerThread()).isBetween(1.0, 10.0);
    }

    @ParameterizedTest
    @CsvSource({"0xd0c, Graviton2", "0xd40, Graviton3", "0xd03, 'unknown processor, the median of those known'"})
    void shouldKnowAnArmProcessorByItsPart(String part, String name) {
        Processor processor = Processor.of("processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: " + part + "\n");
        assertThat(processor.name()).isEqualTo(name);
    }
}
