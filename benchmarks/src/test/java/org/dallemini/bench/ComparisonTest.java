package org.dallemini.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dallemini.bench.common.Json;
import org.dallemini.bench.models.RatedResult;
import org.dallemini.bench.models.StageResult;
import org.dallemini.bench.peers.PeerResult;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    @Test
    void shouldCompareTheSameStageAndBatch() {
        // Given
        List<RatedResult> ours = List.of(
                ours("tokens", "fp32", 1, 0.2),
                ours("tokens", "int8", 1, 0.4),
                ours("tokens", "fp32", 4, 0.5),
                ours("vqgan", "fp32", 1, 2));
        List<PeerResult> peers = List.of(
                new PeerResult("other", "1", "tokens", "fp32", 1, 2, 40.0, null, 0.1, 1000),
                new PeerResult("other", "1", "tokens", "fp32", 4, 2, 40.0, null, 0.2, 1000),
                new PeerResult("other", "1", "vqgan", "fp32", 2, 2, null, 1.0, null, 1000));

        // Then
        assertThat(Comparison.of("tokens", ours, peers).toString())
                .contains(
                        "| 1     | 0.100    | 1049    | 0.200 = 2.00 x | 900           | 0.400 = 4.00 x | 900           |")
                .contains(
                        "| 4     | 0.200    | 1049    | 0.500 = 2.50 x | 900           |                |               |");
        assertThat(Comparison.of("vqgan", ours, peers).toString()).contains("| 2.00 = 2.00 x |");
        assertThat(Comparison.of("tokens", ours, List.of()).isEmpty()).isTrue();
    }

    @Test
    void shouldWriteResultsAsFlatLines() {
        assertThat(Json.line(ours("vqgan", "fp32", 1, 2)))
                .contains("\"stage\":\"vqgan\"", "\"imagesPerSecond\":2.0", "\"limitMs\":5.0")
                .doesNotContain("msPerStep", "result");
    }

    private static RatedResult ours(String stage, String precision, int batch, double imagesPerSecond) {
        return new RatedResult(
                new StageResult(
                        stage,
                        "mini",
                        precision,
                        batch,
                        2,
                        false,
                        7,
                        null,
                        null,
                        null,
                        1 / imagesPerSecond,
                        imagesPerSecond,
                        1,
                        800,
                        900),
                5,
                "memory",
                0.5);
    }
}
