package org.dallemini.dalle.precision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.dallemini.dalle.onnx.Graph.FLOAT;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.onnx.Graph;
import org.dallemini.dalle.session.Sessions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MatrixProductsTest {
    @TempDir
    Path folder;

    private static final int BLOCK = 128;

    /** The arithmetic of 8 bits as BlockProducts and RowProducts describe it, written down plainly. */
    private static float[] int8(float[] row, float[][] kernel, int block) {
        float[] result = new float[kernel[0].length];
        for (int column = 0; column < result.length; column++) {
            float[] w = column(kernel, column);
            for (int first = 0; first < row.length; first += block) {
                int end = Math.min(first + block, row.length);
                float ofRow = largest(Arrays.copyOfRange(row, first, end)) / 127;
                float ofColumn = largest(Arrays.copyOfRange(w, first, end)) / 127;
                int sum = 0;
                for (int i = first; i < end; i++) {
                    sum += (int) Math.rint(row[i] / ofRow) * (int) Math.rint(w[i] / ofColumn);
                }
                result[column] += sum * ofColumn * ofRow;
            }
        }
        return result;
    }

    /**
     * Sizes beside those of the processor's registers. The largest values of both sides meet in every product: adding
     * up pairs of them in 16 bits, as processors without VNNI might, would overflow.
     */
    @ParameterizedTest
    @CsvSource({
        "INT8, 1, 1, 1",
        "INT8, 2, 7, 3",
        "INT8, 5, 64, 33",
        "INT8, 32, 192, 576",
        "INT8, 3, 1024, 64",
        "INT8_ROWS, 1, 1, 1",
        "INT8_ROWS, 2, 7, 3",
        "INT8_ROWS, 5, 64, 33",
        "INT8_ROWS, 32, 192, 576",
        "INT8_ROWS, 3, 1024, 64"
    })
    void shouldMultiplyIntegersOfEightBits(Precision precision, int rows, int in, int out) throws Exception {
        // Given
        Random random = new Random(in);
        float[][] kernel = random(random, in, out);
        float[][] x = random(random, rows, in);
        for (int i = 0; i < in; i++) {
            kernel[i][0] = 1;
            x[0][i] = 1;
        }

        // When
        float[][] y = run(precision, x, kernel);

        // Then
        for (int row = 0; row < rows; row++) {
            float[] expected = int8(x[row], kernel, precision == Precision.INT8 ? BLOCK : in);
            for (int column = 0; column < out; column++) {
                assertThat(y[row][column])
                        .as("row %d, column %d", row, column)
                        .isCloseTo(expected[column], within(1e-5f * Math.max(1, magnitude(x[row], kernel, column))));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"FP32, 1e-5", "INT8, 0.03", "INT4, 0.2", "INT8_ROWS, 0.03"})
    void shouldComeCloseToTheProductOfFloats(Precision precision, double tolerance) throws Exception {
        // Given
        Random random = new Random(1);
        float[][] kernel = random(random, 300, 100); // not a multiple of a block
        float[][] x = random(random, 4, 300);

        // When
        float[][] y = run(precision, x, kernel);

        // Then: the error's length relative to that of the product
        double error = 0;
        double length = 0;
        for (int row = 0; row < x.length; row++) {
            for (int column = 0; column < 100; column++) {
                double exact = 0;
                for (int i = 0; i < 300; i++) {
                    exact += (double) x[row][i] * kernel[i][column];
                }
                error += Math.pow(y[row][column] - exact, 2);
                length += exact * exact;
            }
        }
        assertThat(Math.sqrt(error / length)).isLessThan(tolerance);
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void shouldComputeARowTheSameToTheBitWhateverTheOtherRowsAre(Precision precision) throws Exception {
        // Given
        Random random = new Random(2);
        float[][] kernel = random(random, 192, 200);
        float[][] x = random(random, 32, 192);
        for (int i = 0; i < 192; i++) {
            x[5][i] *= 1000; // one scale for all would spoil the others
        }

        // When
        float[][] together = run(precision, x, kernel);

        // Then
        for (int multiples : new int[] {1, 2, 3, 7, 8}) {
            int count = multiples * precision.rowMultiple();
            for (int first = 0; first + count <= x.length; first += 5) {
                float[][] some = run(precision, Arrays.copyOfRange(x, first, first + count), kernel);
                for (int i = 0; i < count; i++) {
                    assertThat(some[i]).as("row %d of %d", first + i, count).containsExactly(together[first + i]);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"FP32, 1e-5", "INT8, 0.01", "INT4, 0.1", "INT8_ROWS, 0.03"})
    void shouldMultiplyWhatIsShifted(Precision precision, double tolerance) throws Exception {
        // Given: a shift that is large beside the values, as the bias of a norm may be
        Random random = new Random(4);
        float[][] kernel = random(random, 200, 30);
        float[][] x = random(random, 2, 200);
        float[] shift = new float[200];
        for (int i = 0; i < shift.length; i++) {
            shift[i] = 10 * (float) random.nextGaussian();
        }

        // When
        float[][] y = run(precision, x, shift, kernel);

        // Then
        for (int row = 0; row < 2; row++) {
            for (int column = 0; column < 30; column++) {
                double exact = 0;
                double length = 0;
                for (int i = 0; i < 200; i++) {
                    exact += (double) (x[row][i] + shift[i]) * kernel[i][column];
                    length += Math.pow((x[row][i] + shift[i]) * kernel[i][column], 2);
                }
                assertThat((double) y[row][column])
                        .as("row %d, column %d", row, column)
                        .isCloseTo(exact, within(tolerance * Math.sqrt(length)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void shouldMakeZerosOfZeros(Precision precision) throws Exception {
        // Given: a row and a column of zeros
        Random random = new Random(3);
        float[][] kernel = random(random, 130, 5);
        float[][] x = random(random, 2, 130);
        x[1] = new float[130];
        for (float[] row : kernel) {
            row[4] = 0;
        }

        // When
        float[][] y = run(precision, x, kernel);

        // Then
        assertThat(y[1]).containsOnly(0);
        assertThat(y[0][4]).isZero();
    }

    @Test
    void shouldBeKnownByKey() {
        assertThat(Precision.of("int8")).isEqualTo(Precision.INT8);
        assertThat(Precision.INT4.key()).isEqualTo("int4");
        assertThatThrownBy(() -> Precision.of("INT8"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"INT8\" is none of fp32, int8, int4, int8_rows");
    }

    private float[][] run(Precision precision, float[][] x, float[][] kernel) throws Exception {
        return run(precision, x, null, kernel);
    }

    private float[][] run(Precision precision, float[][] x, float @Nullable [] shift, float[][] kernel)
            throws Exception {
        int in = kernel.length;
        int out = kernel[0].length;
        Tensor matrix = Tensor.allocate(in, out);
        for (int i = 0; i < in; i++) {
            matrix.data().put(i * out, kernel[i]);
        }
        Graph g = new Graph("product");
        MatrixProducts products = precision.products(g);
        String input = g.input("x", FLOAT, "N", in);
        String product;
        if (shift == null) {
            product = products.of(input, Weight.of(matrix));
        } else {
            Tensor vector = Tensor.allocate(in);
            vector.data().put(0, shift);
            product = products.ofShifted(input, Weight.of(vector), Weight.of(matrix));
        }
        g.output(product, "y", FLOAT, "N", out);
        FloatBuffer flat = FloatBuffer.allocate(x.length * in);
        for (float[] row : x) {
            flat.put(row);
        }
        Sessions sessions = new Sessions(2);
        Path saved = Files.createDirectories(folder.resolve(precision.key()));
        try (OrtSession session = sessions.open(g.save(saved));
                OnnxTensor tensor =
                        OnnxTensor.createTensor(sessions.environment(), flat.flip(), new long[] {x.length, in});
                OrtSession.Result result = session.run(Map.of("x", tensor))) {
            return (float[][]) result.get(0).getValue();
        }
    }

    private static float[][] random(Random random, int rows, int columns) {
        float[][] matrix = new float[rows][columns];
        for (float[] row : matrix) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return matrix;
    }

    /** What the sum of a product would be without cancellation; it bounds what may be lost by rounding. */
    private static float magnitude(float[] row, float[][] kernel, int column) {
        float sum = 0;
        for (int i = 0; i < row.length; i++) {
            sum += Math.abs(row[i] * kernel[i][column]);
        }
        return sum;
    }

    private static float[] column(float[][] matrix, int column) {
        float[] values = new float[matrix.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = matrix[i][column];
        }
        return values;
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
