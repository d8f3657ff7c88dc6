package org.dallemini.ingest.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;

/** Whatever a README.md holds: nothing, or a card of bounded length without control characters. */
class HubCardFuzzTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST = 40_000;

    @FuzzTest
    void shouldReadACardOrNothing(byte[] text) throws JsonProcessingException {
        Optional<ModelCard> card = HubCard.read(text, "name", null);

        if (card.isPresent()) {
            assertThat(card.get().toString()).hasSizeLessThan(MOST).doesNotContainPattern("\\p{Cntrl}");
            assertThat(JSON.writeValueAsBytes(DrawingModel.json(card.get()))).isNotEmpty();
        }
    }
}
