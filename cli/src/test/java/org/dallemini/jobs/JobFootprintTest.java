package org.dallemini.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobFootprintTest {
    private static final JobFootprint JOB =
            new JobFootprint("big", 5, 4, 7200, 1800, 1.2, 0.4, Set.of("estimate: b", "estimate: a"));

    @Test
    void shouldTellWhatAnImageTook() {
        assertThat(JOB.carbonIntensity()).isCloseTo((1.2 + 0.4) / 4, within(1e-12));
        assertThat(JOB.text()).isEqualToNormalizingNewlines("""
                job        big
                images     5 stored, 4 with an estimate
                energy     2.5 Wh: 2 Wh drawing, 1800 J decoding; 2250 J an image
                CO2e       1.2 g; 0.3 g an image
                SCI        0.4 g an image (ISO/IEC 21031), 0.4 g of the job for the making of the hardware included
                method     estimate: a
                method     estimate: b
                           Counted: processors and GPUs while they draw. Not counted: memory, disks, networks, idle time.\
                """);
    }

    @Test
    void shouldTellProgramsTheSame() {
        assertThat(JOB.json(new ObjectMapper()))
                .hasToString("{\"job\":\"big\",\"images\":5,\"imagesWithEstimate\":4,\"energyJoules\":9000.0,"
                        + "\"drawingJoules\":7200.0,\"decodingJoules\":1800.0,\"co2eGrams\":1.2,\"embodiedGrams\":0.4,"
                        + "\"softwareCarbonIntensity\":0.4,\"methods\":[\"estimate: a\",\"estimate: b\"]}");
    }

    @Test
    void shouldSayThatNothingIsKnown() {
        var job = new JobFootprint("old", 3, 0, 0, 0, 0, 0, Set.of());
        assertThat(job.text()).isEqualToNormalizingNewlines("job        old\nimages     3 stored, 0 with an estimate");
        assertThat(job.json(new ObjectMapper()).has("softwareCarbonIntensity")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0.0123, 12.3 mg", "0.1, 0.1 g", "7541, 7540 g", "0, 0 mg"})
    void shouldWriteWeights(double grams, String text) {
        assertThat(JobFootprint.grams(grams)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0.31, 0.31 J", "3599, 3600 J", "3600, 1 Wh", "36000000, 10000 Wh"})
    void shouldWriteEnergies(double joules, String text) {
        assertThat(JobFootprint.energy(joules)).isEqualTo(text);
    }
}
