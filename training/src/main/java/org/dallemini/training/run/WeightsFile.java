package org.dallemini.training.run;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import org.dallemini.dalle.checkpoint.FlaxWriter;
import org.dallemini.dalle.checkpoint.Tensor;

/** Arrays of PyTorch in a flax_model.msgpack. */
public final class WeightsFile {
    private WeightsFile() {}

    /** The elements of a float array. */
    public static float[] floats(Tensor tensor) {
        FloatBuffer data = tensor.data();
        float[] floats = new float[data.capacity()];
        data.get(0, floats);
        return floats;
    }

    /**
     * Writes arrays.
     *
     * @param shapes by path
     * @param values for a path, the arrays that lie in it one after the other
     */
    public static void write(Path file, SortedMap<String, long[]> shapes, Function<String, List<NDArray>> values)
            throws IOException {
        FlaxWriter.write(file, shapes, new Elements(values));
    }

    private static final class Elements implements FlaxWriter.Elements {
        private final Function<String, List<NDArray>> values;
        private final Deque<NDArray> left = new ArrayDeque<>();
        private FloatBuffer current = FloatBuffer.allocate(0);

        Elements(Function<String, List<NDArray>> values) {
            this.values = values;
        }

        @Override
        public String dtype() {
            return "float32";
        }

        @Override
        public int width() {
            return Float.BYTES;
        }

        @Override
        public void begin(String parameter, long[] shape) {
            left.addAll(values.apply(parameter));
        }

        @Override
        public void fill(ByteBuffer block) {
            while (block.hasRemaining()) {
                if (!current.hasRemaining()) {
                    current = left.remove()
                            .toByteBuffer()
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .asFloatBuffer();
                }
                block.putFloat(current.get());
            }
        }
    }
}
