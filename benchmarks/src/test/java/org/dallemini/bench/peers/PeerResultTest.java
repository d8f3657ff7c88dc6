package org.dallemini.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PeerResultTest {

    @Test
    void shouldReadTheLinesOfTheScripts() {
        // Given
        List<String> lines = List.of(
                "Loading the model",
                "{not JSON",
                "{\"other\": 1}",
                "{\"peer\": \"min-dalle\", \"version\": \"0.4.11\", \"stage\": \"tokens\", \"precision\": \"fp32\","
                        + " \"batch\": 4, \"threads\": 2, \"msPerStep\": 250.5, \"bestMsPerStep\": 240,"
                        + " \"imagesPerSecond\": 0.0624, \"rssMb\": 4000, \"libraries\": {\"torch\": \"2.7\"}}",
                "{\"peer\": \"min-dalle\", \"version\": \"0.4.11\", \"stage\": \"vqgan\", \"precision\": \"fp32\","
                        + " \"batch\": 1, \"threads\": 2, \"secondsPerImage\": 1.25, \"rssMb\": 1500}",
                "{\"peer\": \"min-dalle\", \"version\": \"0.4.11\", \"stage\": \"logits\", \"precision\": \"fp32\","
                        + " \"batch\": 1, \"threads\": 2, \"rssMb\": 1500}");

        // When
        List<PeerResult> results = PeerResult.parse(lines);

        // Then
        assertThat(results)
                .containsExactly(
                        new PeerResult("min-dalle", "0.4.11", "tokens", "fp32", 4, 2, 250.5, null, 0.0624, 4000),
                        new PeerResult("min-dalle", "0.4.11", "vqgan", "fp32", 1, 2, null, 1.25, null, 1500));
        assertThat(results).extracting(PeerResult::rate).containsExactly(0.0624, 0.8);
    }
}
