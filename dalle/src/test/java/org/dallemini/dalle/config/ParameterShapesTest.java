package org.dallemini.dalle.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import org.dallemini.dalle.testing.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the shapes that the original classes compute. */
class ParameterShapesTest {
    @TempDir
    Path folder;

    @Test
    void shouldBeThoseOfThePublishedModels() throws IOException {
        assertThat(describe(ParameterShapes.of(bart("mini.json"), true))).isEqualTo(original("mini"));
        assertThat(describe(ParameterShapes.of(bart("mini.json"), false))).isEqualTo(original("mini_unscanned"));
        assertThat(describe(ParameterShapes.of(bart("mega.json"), true))).isEqualTo(original("mega"));
        Files.write(folder.resolve("config.json"), resource("/org/dallemini/dalle/random/vqgan.json"));
        assertThat(describe(ParameterShapes.of(VqganConfig.read(folder)))).isEqualTo(original("vqgan_f16_16384"));
    }

    @Test
    void shouldBeThoseOfTheGoldens() throws IOException {
        for (Goldens.Set set : Goldens.open().vqganSets()) {
            List<String> bart = golden(set.json());
            boolean stacked = bart.stream().anyMatch(line -> line.contains("Layers/"));
            assertThat(describe(ParameterShapes.of(BartConfig.read(set.bart()), stacked)))
                    .isEqualTo(bart);
            assertThat(describe(ParameterShapes.of(VqganConfig.read(set.vqgan()))))
                    .isEqualTo(golden(set.vqganJson()));
        }
    }

    private BartConfig bart(String name) throws IOException {
        Files.write(folder.resolve("config.json"), resource("/org/dallemini/dalle/random/" + name));
        return BartConfig.read(folder);
    }

    private static List<String> describe(SortedMap<String, long[]> shapes) {
        List<String> lines = new ArrayList<>();
        shapes.forEach((path, shape) -> lines.add(path + " " + Arrays.toString(shape)));
        return lines.stream().sorted().toList();
    }

    private static List<String> original(String model) throws IOException {
        List<String> lines = new ArrayList<>();
        new ObjectMapper()
                .readTree(resource("/param-shapes.json"))
                .get(model)
                .forEach(line -> lines.add(line.asText()));
        return lines.stream().sorted().toList();
    }

    private static List<String> golden(JsonNode json) {
        List<String> lines = new ArrayList<>();
        json.get("params")
                .properties()
                .forEach(p -> lines.add(
                        p.getKey() + " " + p.getValue().get(0).toString().replace(",", ", ")));
        return lines.stream().sorted().toList();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = ParameterShapesTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }
}
