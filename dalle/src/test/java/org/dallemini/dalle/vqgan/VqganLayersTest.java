package org.dallemini.dalle.vqgan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dallemini.dalle.onnx.Graph.FLOAT;
import static org.dallemini.dalle.testing.Tolerance.assertClose;

import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.onnx.Graph;
import org.dallemini.dalle.testing.ShippedModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VqganLayersTest {
    /** Of the shipped model. */
    private static final String UPSAMPLE = "decoder/up_1/upsample/conv";

    private static final int CHANNELS = 32;

    @TempDir
    Path folder;

    @FunctionalInterface
    private interface Layer {
        String of(Graph g, FlaxCheckpoint weights, String x);
    }

    @Test
    void shouldDoubleAndConvolveInOne() throws Exception {
        // Given
        float[] x = random(2 * CHANNELS * 7 * 7);

        // When
        float[] together = run(
                2, 7, x, (g, weights, in) -> new VqganLayers(g, weights).doubleSizeAndConv(in, UPSAMPLE, CHANNELS, 7));

        // Then
        float[] apart = run(2, 7, x, (g, weights, in) -> {
            VqganLayers layers = new VqganLayers(g, weights);
            return layers.conv3x3(layers.doubleSize(in), UPSAMPLE, CHANNELS, CHANNELS);
        });
        assertClose("doubled", together, apart, 1e-5f);
    }

    /**
     * In one strip and in several. The largest values of both sides meet in every product: adding up pairs of them in
     * 16 bits, as processors without VNNI might, would overflow.
     */
    @ParameterizedTest
    @ValueSource(ints = {6, 48, 100})
    void shouldConvolveBytes(int size) throws Exception {
        // Given: values that are bytes times a scale of 2 already, but for what is summed up in the kernels
        float[] x = new float[CHANNELS * size * size];
        Random random = new Random(size);
        for (int i = 0; i < x.length; i++) {
            x[i] = 2 * (random.nextInt(255) - 127);
        }
        Tensor kernel = Tensor.allocate(CHANNELS, CHANNELS, 3, 3);
        for (int i = 0; i < CHANNELS * CHANNELS; i++) {
            kernel.data().put(9 * i + 4, random.nextInt(255) - 127); // the middle alone: a sum of one
        }
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int pixel = 0; pixel < size; pixel++) {
                x[channel * size * size + pixel] = 254;
            }
            kernel.data().put(9 * channel + 4, 127);
            kernel.data().put(9 * channel * CHANNELS + 4, -127); // of every output one is the largest
        }
        Weight bias = Weight.of(Tensor.filled(3, CHANNELS));

        // When
        float[] y = run(1, size, x, (g, weights, in) -> {
            ByteLayers layers = new ByteLayers(g, weights);
            return layers.image(layers.doubleSizeAndConv(layers.strips(in, CHANNELS, size), Weight.of(kernel), bias));
        });

        // Then
        int large = 2 * size;
        float[] expected = new float[CHANNELS * large * large];
        for (int out = 0; out < CHANNELS; out++) {
            for (int at = 0; at < large * large; at++) {
                int pixel = at / large / 2 * size + at % large / 2;
                float sum = 3;
                for (int in = 0; in < CHANNELS; in++) {
                    sum += kernel.data().get(9 * (out * CHANNELS + in) + 4) * x[in * size * size + pixel];
                }
                expected[out * large * large + at] = sum;
            }
        }
        assertClose("bytes", y, expected, 1); // of sums up to a million
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 96})
    void shouldComeCloseToFloatsWithBytes(int size) throws Exception {
        // Given: an image that has a margin, so that its place counts
        float[] x = random(CHANNELS * size * size);

        // When
        float[] y = run(1, size, x, (g, weights, in) -> {
            ByteLayers layers = new ByteLayers(g, weights);
            ByteLayers.Strips strips = layers.strips(in, CHANNELS, size);
            return layers.image(
                    layers.doubleSizeAndConv(layers.residual(strips, "decoder/up_0/block_0", CHANNELS), UPSAMPLE));
        });

        // Then
        float[] exact = run(1, size, x, (g, weights, in) -> {
            VqganLayers layers = new VqganLayers(g, weights);
            String h = layers.residual(in, "decoder/up_0/block_0", CHANNELS, CHANNELS, size);
            return layers.doubleSizeAndConv(h, UPSAMPLE, CHANNELS, size);
        });
        double error = 0;
        double length = 0;
        for (int i = 0; i < y.length; i++) {
            error += Math.pow(y[i] - exact[i], 2);
            length += exact[i] * exact[i];
        }
        assertThat(Math.sqrt(error / length)).isLessThan(0.03);
    }

    /** So many that a strip fits into the processor's cache, and always whole rows. */
    @ParameterizedTest
    @CsvSource({"1, 1", "64, 1", "90, 1", "128, 2", "256, 8", "251, 251"})
    void shouldCutLargeImagesIntoStrips(int size, int strips) {
        assertThat(ByteLayers.strips(size)).isEqualTo(strips);
    }

    private float[] run(int images, int size, float[] x, Layer layer) throws Exception {
        Graph g = new Graph("layer");
        try (FlaxCheckpoint weights = FlaxCheckpoint.open(ShippedModel.vqgan())) {
            String in = g.input("x", FLOAT, images, CHANNELS, size, size);
            g.output(layer.of(g, weights, in), "y", FLOAT, images, CHANNELS, "H", "W");
            Path home = Files.createTempDirectory(folder, "graph");
            long[] shape = {images, CHANNELS, size, size};
            try (GraphRun run = new GraphRun(g, home, "x", shape, FloatBuffer.wrap(x))) {
                return run.floats("y");
            }
        }
    }

    private static float[] random(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
