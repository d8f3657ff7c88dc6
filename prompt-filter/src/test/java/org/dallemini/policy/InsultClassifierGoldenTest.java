package org.dallemini.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against scores of alt-profanity-check 1.9.1 itself, which {@code convert/insults.py} wrote. */
class InsultClassifierGoldenTest {
    private static final double TOLERANCE = 1e-6;

    @Test
    void shouldScoreAThousandTextsAsTheOriginal() throws IOException {
        InsultClassifier classifier = InsultClassifier.shipped();

        List<String> lines = lines();

        assertThat(lines).hasSize(1000);
        for (String line : lines) {
            String[] fields = line.split("\t", 2);
            assertThat(classifier.score(fields[1]))
                    .as(fields[1])
                    .isCloseTo(Double.parseDouble(fields[0]), within(TOLERANCE));
        }
    }

    private static List<String> lines() throws IOException {
        try (var in = new BufferedReader(
                new InputStreamReader(Resources.open("insult-scores.tsv"), StandardCharsets.UTF_8))) {
            return in.lines().toList();
        }
    }
}
