package org.dallemini.training.optim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.Npy;
import org.dallemini.dalle.testing.Tolerance;
import org.dallemini.training.TrainingGoldens;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerGoldenTest {
    private static final float ADAM = 1e-6f, SHAMPOO = 3e-5f;
    private static final List<String> SMALL = List.of("merged", "one", "skipped", "vector");
    private static final String BIG = "big";

    private final Goldens.Golden golden = golden();
    private final JsonNode json = golden.json("golden.json");

    private static Goldens.Golden golden() {
        return new Goldens.Golden(TrainingGoldens.folder().resolve("optimizer"));
    }

    static List<String> adamRuns() {
        return runs(true);
    }

    static List<String> shampooRuns() {
        return runs(false);
    }

    private static List<String> runs(boolean adam) {
        List<String> names = new ArrayList<>();
        Iterator<Map.Entry<String, JsonNode>> runs =
                golden().json("golden.json").get("runs").fields();
        runs.forEachRemaining(run -> {
            if (!run.getKey().equals("stacked") && run.getValue().has("b1") == adam) {
                names.add(run.getKey());
            }
        });
        assertThat(names).isNotEmpty();
        return names;
    }

    @ParameterizedTest
    @MethodSource("adamRuns")
    void shouldUpdateAsAdamOfTheOriginal(String run) {
        JsonNode settings = json.get("runs").get(run);
        try (NDManager manager = Torch.newManager()) {
            Parameters parameters = parameters(manager);
            AdamW adam = new AdamW(
                    new AdamW.Settings(
                            settings.get("b1").doubleValue(),
                            settings.get("b2").doubleValue(),
                            settings.get("eps").doubleValue(),
                            settings.get("weight_decay").doubleValue()),
                    parameters,
                    List.copyOf(parameters.names()));

            check(run, parameters, adam, ADAM);
        }
    }

    @ParameterizedTest
    @MethodSource("shampooRuns")
    void shouldUpdateAsShampooOfTheOriginal(String run) {
        ObjectNode settings = json.get("settings").deepCopy();
        settings.setAll((ObjectNode) json.get("runs").get(run).get("changed"));
        try (NDManager manager = Torch.newManager()) {
            Parameters parameters = parameters(manager);
            Shampoo shampoo = new Shampoo(
                    ShampooGoldens.settings(settings),
                    parameters,
                    List.copyOf(parameters.names()),
                    Shampoo.groups(false));

            check(run, parameters, shampoo, SHAMPOO);
        }
    }

    private void check(String run, Parameters parameters, Optimizer optimizer, float tolerance) {
        Npy expected = golden.array(run);
        int steps = json.get("steps").intValue();
        for (int step = 0; step < steps; step++) {
            setGradients(parameters, step);

            optimizer.update(0.05 * Math.min(step, 4) / 4);

            FloatBuffer all = FloatBuffer.allocate(expected.dim(1));
            SMALL.forEach(name -> all.put(parameters.get(name).toFloatArray()));
            Tolerance.assertClose(run + " after step " + step, all.array(), expected.slice(step), tolerance);
            checkMatrices(run + "_statistics_vector", optimizer, "statistics/vector/0000", step);
            checkMatrices(run + "_preconditioners_vector", optimizer, "preconditioners/vector/0000", step);
        }
        Tolerance.assertClose(
                run + " of big", parameters.get(BIG).toFloatArray(), golden.array(run + "_big"), tolerance);
        for (int i = 0; i < 2; i++) {
            String key = String.format("/big/%04d", i);
            checkMatrices(run + "_statistics_big_last", optimizer, "statistics" + key, i);
            checkMatrices(run + "_preconditioners_big_last", optimizer, "preconditioners" + key, i);
        }
    }

    private void checkMatrices(String array, Optimizer optimizer, String key, int at) {
        if (golden.has(array)) {
            float[] expected = golden.array(array).slice(at).floats();
            float[] actual =
                    Objects.requireNonNull(optimizer.state().get(key), key).toFloatArray();
            assertThat(TrainingGoldens.distance(actual, expected))
                    .as(array + " " + at)
                    .isLessThanOrEqualTo(1e-4 * TrainingGoldens.norm(expected));
        }
    }

    private Parameters parameters(NDManager manager) {
        Parameters parameters = new Parameters(manager);
        List<String> names = new ArrayList<>(SMALL);
        names.add(0, BIG);
        for (String name : names) {
            Npy array = golden.array("parameter_" + name);
            parameters.add(name, array.floats(), array.longShape());
        }
        return parameters;
    }

    private void setGradients(Parameters parameters, int step) {
        for (String name : parameters.names()) {
            Npy array = golden.array("gradients_" + name).slice(step);
            setGradient(parameters, name, array.floats());
        }
    }

    private static void setGradient(Parameters parameters, String name, float[] values) {
        NDArray gradient = parameters.gradient(name);
        try (NDArray given = parameters.manager().create(values, gradient.getShape())) {
            gradient.set(new NDIndex("..."), given);
        }
    }

    @Test
    void shouldTreatStackedLayersAsParametersOfTheirOwn() {
        // Given three layers, of two parameters each, as the rule in golden.json says
        int layers = 3;
        try (NDManager manager = Torch.newManager()) {
            Parameters parameters = new Parameters(manager);
            for (int layer = 0; layer < layers; layer++) {
                for (String name : List.of("merged", "vector")) {
                    Npy array = golden.array("parameter_" + name);
                    parameters.add(name(layer, name), scaled(array.floats(), 1 + 0.1f * layer), array.longShape());
                }
            }
            Shampoo shampoo = new Shampoo(
                    ShampooGoldens.settings(json.get("settings")),
                    parameters,
                    List.copyOf(parameters.names()),
                    Shampoo.groups(true));
            Npy expected = golden.array("stacked");
            int steps = json.get("steps").intValue();
            for (int step = 0; step < steps; step++) {
                for (int layer = 0; layer < layers; layer++) {
                    for (String name : List.of("merged", "vector")) {
                        Npy gradients = golden.array("gradients_" + name);
                        float[] gradient =
                                gradients.slice((step + layer) % steps).floats();
                        setGradient(parameters, name(layer, name), scaled(gradient, 0.5f + layer));
                    }
                }

                // When
                shampoo.update(0.05 * Math.min(step, 4) / 4);

                // Then
                for (int layer = 0; layer < layers; layer++) {
                    FloatBuffer all = FloatBuffer.allocate(expected.dim(2));
                    all.put(parameters.get(name(layer, "merged")).toFloatArray());
                    all.put(parameters.get(name(layer, "vector")).toFloatArray());
                    Tolerance.assertClose(
                            "layer " + layer + " after step " + step,
                            all.array(),
                            expected.slice(step).slice(layer),
                            SHAMPOO);
                }
            }
        }
    }

    private static String name(int layer, String name) {
        return "model/encoder/layers/FlaxBartEncoderLayer_" + layer + "/" + name;
    }

    private static float[] scaled(float[] values, float factor) {
        float[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }
}
