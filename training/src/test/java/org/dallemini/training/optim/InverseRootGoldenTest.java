package org.dallemini.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.IntStream;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.Npy;
import org.dallemini.training.TrainingGoldens;
import org.dallemini.training.torch.Torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InverseRootGoldenTest {
    private static final Goldens.Golden GOLDEN =
            new Goldens.Golden(TrainingGoldens.folder().resolve("optimizer"));
    private static final JsonNode ROOTS = GOLDEN.json("golden.json").get("roots");

    static IntStream roots() {
        return IntStream.range(0, ROOTS.size());
    }

    @ParameterizedTest
    @MethodSource("roots")
    void shouldComputeTheOriginalsRoot(int number) {
        // Given
        JsonNode root = ROOTS.get(number);
        int size = root.get("size").intValue();
        Npy matrix = new Goldens.Golden(GOLDEN.folder().resolve("roots")).array("matrix_" + number);
        Npy expected = new Goldens.Golden(GOLDEN.folder().resolve("roots")).array("root_" + number);
        try (NDManager manager = Torch.newManager()) {
            // When
            InverseRoot actual = InverseRoot.of(
                    manager.create(corner(matrix, size), new Shape(size, size)),
                    root.get("p").intValue(),
                    root.get("padded_to").intValue(),
                    1e-6);

            // Then
            float[] wanted = corner(expected, size);
            double tolerance = root.get("condition").doubleValue() > 1e7 ? 5e-3 : 1e-4;
            assertThat(TrainingGoldens.distance(actual.root().toFloatArray(), wanted))
                    .isLessThanOrEqualTo(tolerance * TrainingGoldens.norm(wanted));
            double eigenvalue =
                    root.get("largest_eigenvalue_by_power_iteration").doubleValue();
            assertThat((double) actual.largestEigenvalue()).isCloseTo(eigenvalue, within(1e-5 * eigenvalue));
        }
    }

    private static float[] corner(Npy matrix, int size) {
        float[] whole = matrix.floats();
        float[] corner = new float[size * size];
        for (int row = 0; row < size; row++) {
            System.arraycopy(whole, row * matrix.dim(1), corner, row * size, size);
        }
        return corner;
    }
}
