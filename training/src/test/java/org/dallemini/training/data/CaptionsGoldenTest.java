package org.dallemini.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dallemini.dalle.testing.Goldens;
import org.junit.jupiter.api.Test;

class CaptionsGoldenTest {
    private final JsonNode golden = new Goldens.Golden(Goldens.ofTraining().folder()).json("captions.json");

    @Test
    void shouldDrawTheNumbersOfTheOriginalAndLeaveOutTheSameCaptions() {
        double share = golden.get("blank_caption_prob").doubleValue();
        for (Map.Entry<String, JsonNode> seed : golden.get("blank").properties()) {
            NumpyRandom random = new NumpyRandom(Long.parseLong(seed.getKey()));
            BlankCaptions blanks = new BlankCaptions(share, Long.parseLong(seed.getKey()));
            List<Integer> blanked = new ArrayList<>();
            int number = 0;
            for (JsonNode expected : seed.getValue().get("uniform")) {
                assertThat(random.at(number)).isEqualTo(expected.doubleValue());
                if (blanks.isBlank(number)) {
                    blanked.add(number);
                }
                number++;
            }
            List<Integer> expected = new ArrayList<>();
            seed.getValue().get("blanked").forEach(place -> expected.add(place.intValue()));
            assertThat(blanked).isEqualTo(expected);
        }
    }

    @Test
    void shouldJoinTitleAndDescriptionAsTheOriginal() {
        for (JsonNode pair : golden.get("title_description")) {
            String caption = CaptionFields.titleAndDescription(
                    pair.get("title").textValue(), pair.get("description").textValue());

            assertThat(caption).isEqualTo(pair.get("caption").textValue());
        }
    }
}
