package org.dallemini.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.training.Arguments;
import org.dallemini.training.TrainingGoldens;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LearningRateGoldenTest {
    private static final JsonNode SCHEDULES = new Goldens.Golden(TrainingGoldens.folder()).json("schedules.json");

    static List<String> cases() {
        List<String> names = new ArrayList<>();
        Iterator<String> all = SCHEDULES.get("cases").fieldNames();
        all.forEachRemaining(names::add);
        assertThat(names).isNotEmpty();
        return names;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldHaveTheOriginalsRateAtEachUpdate(String name) {
        JsonNode schedule = SCHEDULES.get("cases").get(name);
        Arguments arguments = Arguments.of(schedule);
        int samples = schedule.path("train_samples").asInt(0);
        int updates = samples
                / schedule.get("per_device_train_batch_size").intValue()
                * arguments.integer("num_train_epochs", 3);

        LearningRate rate = arguments.learningRate(updates);

        for (int i = 0; i < SCHEDULES.get("steps").size(); i++) {
            double expected = schedule.get("values").get(i).doubleValue();
            assertThat(rate.at(SCHEDULES.get("steps").get(i).intValue()))
                    .isCloseTo(expected, within(1e-6 * expected + 1e-12));
        }
    }
}
