package org.dallemini.training.bart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.List;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.testing.Tolerance;
import org.dallemini.training.TrainingGoldens;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BartGradientGoldenTest {
    private static final float LOGITS = 1e-4f;
    private static final double LOSS = 2e-5, GRADIENT = 2e-5, GRADIENT_FLOOR = 1e-7, NORM = 1e-5;

    /** A bfloat16 is off by 0.4 % at most; sums of many are off by less. */
    private static final double BFLOAT16 = 4e-3, BFLOAT16_GRADIENT = 0.05;

    static List<TrainingGoldens.Set> sets() {
        return TrainingGoldens.sets();
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldComputeTheOriginalsLogits(TrainingGoldens.Set set) throws IOException {
        try (NDManager manager = Torch.newManager()) {
            BartNetwork network = new BartNetwork(set.config(), Dtype.FLOAT32, manager);
            Parameters parameters = set.parameters(manager);

            float[] logits = network.logits(parameters, set.batch(manager, 0)).toFloatArray();

            // Those of S-unscanned are those of S-scanned.
            if (set.golden().has("logits")) {
                Tolerance.assertClose("logits", logits, set.golden().array("logits"), LOGITS);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldComputeTheOriginalsGradients(TrainingGoldens.Set set) throws IOException {
        checkGradients(set, false);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldComputeTheSameGradientsLayerByLayer(TrainingGoldens.Set set) throws IOException {
        checkGradients(set, true);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldGoTheSameWayInBfloat16(TrainingGoldens.Set set) throws IOException {
        // Given
        try (NDManager manager = Torch.newManager()) {
            Parameters exact = set.parameters(manager);
            Parameters rounded = set.parameters(manager);

            // When
            float loss =
                    new BartNetwork(set.config(), Dtype.FLOAT32, manager).backward(exact, set.batch(manager, 0), false);
            float roundedLoss = new BartNetwork(set.config(), Dtype.BFLOAT16, manager)
                    .backward(rounded, set.batch(manager, 0), false);

            // Then
            assertThat((double) roundedLoss)
                    .isCloseTo(loss, within(BFLOAT16 * loss))
                    .isNotEqualTo(loss);
            assertThat(distance(rounded, exact)).isLessThan(BFLOAT16_GRADIENT * distance(null, exact));
        }
    }

    /** Of all gradients together. */
    private static double distance(@Nullable Parameters a, Parameters b) {
        double sum = 0;
        for (String name : b.names()) {
            float[] gradient = b.gradient(name).toFloatArray();
            float[] other =
                    a == null ? new float[gradient.length] : a.gradient(name).toFloatArray();
            double distance = TrainingGoldens.distance(other, gradient);
            sum += distance * distance;
        }
        return Math.sqrt(sum);
    }

    private static void checkGradients(TrainingGoldens.Set set, boolean checkpointing) throws IOException {
        BartConfig config = set.config();
        try (NDManager manager = Torch.newManager()) {
            BartNetwork network = new BartNetwork(config, Dtype.FLOAT32, manager);
            Parameters parameters = set.parameters(manager);
            double expectedLoss = set.json().get("loss_step0").doubleValue();

            float loss = network.backward(parameters, set.batch(manager, 0), checkpointing);

            assertThat((double) loss).isCloseTo(expectedLoss, within(LOSS));
            if (!set.golden().has("grad")) {
                return;
            }
            double[] norms = set.golden().array("grad_norms").doubles();
            List<TrainingGoldens.Kept> kept = set.kept();
            for (int i = 0; i < kept.size(); i++) {
                TrainingGoldens.Kept parameter = kept.get(i);
                float[] gradient = parameter.elements(parameters::gradient, config);
                float[] expected = parameter.expected(set.golden().array("grad"));
                assertThat(TrainingGoldens.distance(parameter.of(gradient), expected))
                        .as(parameter.name())
                        .isLessThanOrEqualTo(GRADIENT * TrainingGoldens.norm(expected) + GRADIENT_FLOOR);
                assertThat(TrainingGoldens.norm(gradient))
                        .as("norm of " + parameter.name())
                        .isCloseTo(norms[i], within(NORM * norms[i] + GRADIENT_FLOOR));
            }
        }
    }
}
