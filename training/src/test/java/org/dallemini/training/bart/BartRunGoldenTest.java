package org.dallemini.training.bart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.testing.Npy;
import org.dallemini.training.Arguments;
import org.dallemini.training.TrainingGoldens;
import org.dallemini.training.optim.AdamW;
import org.dallemini.training.optim.LearningRate;
import org.dallemini.training.optim.Optimizer;
import org.dallemini.training.optim.Shampoo;
import org.dallemini.training.optim.ShampooGoldens;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BartRunGoldenTest {
    private static final double LOSS = 2e-5, LOSS_LATER = 2e-4;
    private static final double ADAM = 1e-6, SHAMPOO_FIRST = 1e-5, SHAMPOO_LAST = 5e-4, MATRICES = 5e-4;

    /** A set and the name of one of its runs. */
    record Run(TrainingGoldens.Set set, String name) {
        JsonNode json() {
            return set.json().get("runs").get(name);
        }
    }

    static List<Run> runs() {
        List<Run> runs = new ArrayList<>();
        for (TrainingGoldens.Set set : TrainingGoldens.sets()) {
            set.json().get("runs").fieldNames().forEachRemaining(name -> runs.add(new Run(set, name)));
        }
        assertThat(runs).isNotEmpty();
        return runs;
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldTrainAsTheOriginal(Run run) throws IOException {
        TrainingGoldens.Set set = run.set;
        JsonNode json = run.json();
        boolean shampoo = json.has("distributed_shampoo_arguments");
        BartConfig config = set.config();
        try (NDManager manager = Torch.newManager()) {
            BartNetwork network = new BartNetwork(config, Dtype.FLOAT32, manager);
            Parameters parameters = set.parameters(manager);
            List<String> names = List.copyOf(parameters.names());
            Arguments arguments = Arguments.of(json);
            LearningRate rate = arguments.learningRate(0);
            Optimizer optimizer = shampoo
                    ? new Shampoo(
                            ShampooGoldens.settings(json.get("distributed_shampoo_arguments")),
                            parameters,
                            names,
                            Shampoo.groups(set.isStacked()))
                    : new AdamW(arguments.adam(), parameters, names);
            int pieces = json.path("gradient_accumulation_steps").asInt(1);
            int steps = json.get("steps").intValue();
            for (int step = 0; step < steps; step++) {
                double expectedLoss = json.get("log").get(step).get("loss").doubleValue();

                double loss = accumulate(run, network, parameters, step, pieces);
                if (run.set.golden().has(run.name + "_grad_mean") && step == 0) {
                    check(run, "_grad_mean", -1, parameters::gradient, 2e-5, 1e-7);
                }
                optimizer.update(rate.at(step));
                parameters.zeroGradients();

                double tolerance = shampoo && step > 2 ? LOSS_LATER : LOSS;
                assertThat(loss).as("loss of step %d", step).isCloseTo(expectedLoss, within(tolerance));
                boolean last = step == steps - 1;
                double allowed = !shampoo ? ADAM : last ? SHAMPOO_LAST : step <= 1 ? SHAMPOO_FIRST : SHAMPOO_LAST;
                check(run, "_params", step, parameters::get, shampoo ? allowed : 0, shampoo ? 1e-6 : ADAM);
                if (shampoo) {
                    checkMatrices(run, optimizer, step);
                }
            }
            if (!shampoo && run.set.golden().has(run.name + "_mu")) {
                check(run, "_mu", -1, name -> optimizer.state().get("mu/" + name), 2e-5, 1e-7);
                check(run, "_nu", -1, name -> optimizer.state().get("nu/" + name), 4e-5, 1e-9);
            } else if (shampoo) {
                for (String kind : List.of("momentum", "diagonal_momentum", "diagonal_statistics")) {
                    if (run.set.golden().has(run.name + "_last_" + kind)) {
                        Function<String, NDArray> arrays =
                                name -> optimizer.state().get(kind + "/" + name);
                        check(run, "_last_" + kind, -1, arrays, 1e-3, 1e-6);
                    }
                }
            }
        }
    }

    private static double accumulate(Run run, BartNetwork network, Parameters parameters, int step, int pieces) {
        try (NDManager manager = Torch.newManager()) {
            if (pieces == 1) {
                return network.backward(parameters, run.set.batch(manager, step), false);
            }
            int size = run.json().get("per_device_train_batch_size").intValue();
            double sum = 0;
            for (int piece = 0; piece < pieces; piece++) {
                BartNetwork.Batch batch = run.set.batch(manager, step, piece * size, (piece + 1) * size);
                sum += network.backward(parameters, batch, false);
                if (step == 0 && piece == 0) {
                    check(run, "_grad_micro", 0, parameters::gradient, 2e-5, 1e-7);
                }
            }
            parameters.scaleGradients(1.0 / pieces);
            return sum / pieces;
        }
    }

    /** @param step entry of the array, or -1 if it has just one */
    private static void check(
            Run run, String array, int step, Function<String, NDArray> arrays, double relative, double absolute) {
        Npy golden = run.set.golden().array(run.name + array);
        Npy expected = step < 0 ? golden : golden.slice(step);
        for (TrainingGoldens.Kept kept : run.set.kept()) {
            float[] actual = kept.of(kept.elements(arrays, uncheckedConfig(run)));
            float[] wanted = kept.expected(expected);
            double allowed = relative == 0
                    ? absolute * Math.sqrt(wanted.length)
                    : relative * TrainingGoldens.norm(wanted) + absolute;
            assertThat(TrainingGoldens.distance(actual, wanted))
                    .as("%s of %s, step %d", array, kept.name(), step)
                    .isLessThanOrEqualTo(allowed);
        }
    }

    private static void checkMatrices(Run run, Optimizer optimizer, int step) {
        for (Map.Entry<String, JsonNode> group : run.json().get("groups").properties()) {
            for (String kind : List.of("statistics", "preconditioners")) {
                String array = run.name + "_" + group.getKey() + "_" + kind + "_norms";
                Npy norms = run.set.golden().array(array).slice(step);
                boolean stacked = norms.shape().length == 2;
                for (int layer = 0; layer < (stacked ? norms.dim(0) : 1); layer++) {
                    float[] expected = (stacked ? norms.slice(layer) : norms).floats();
                    for (JsonNode parameter : group.getValue().get("parameters")) {
                        String name = parameter.get("name").textValue().replace("Layers/", "Layer_" + layer + "/");
                        int start = parameter.get("index_start").intValue();
                        for (int i = 0; i < parameter.get("sizes").size(); i++) {
                            String key = String.format("%s/%s/%04d", kind, name, i);
                            float[] matrix = Objects.requireNonNull(
                                            optimizer.state().get(key), key)
                                    .toFloatArray();
                            assertThat(TrainingGoldens.norm(matrix))
                                    .as("norm of %s after step %d", key, step)
                                    .isCloseTo(expected[start + i], within(MATRICES * expected[start + i]));
                        }
                    }
                }
            }
        }
    }

    private static BartConfig uncheckedConfig(Run run) {
        try {
            return run.set.config();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
