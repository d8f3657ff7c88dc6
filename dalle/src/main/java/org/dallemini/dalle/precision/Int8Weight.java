package org.dallemini.dalle.precision;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.dallemini.dalle.checkpoint.ElementSource;
import org.dallemini.dalle.checkpoint.ElementType;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.jspecify.annotations.Nullable;

/**
 * A kernel as 8-bit integers with a scale for each output: kernel = integers * scale, but for rounding. Read piece by
 * piece, twice: for the scales, then for the integers.
 */
public final class Int8Weight {
    /** Of an integer; -128 is not used, so that the range is symmetric. */
    static final int MAX_VALUE = 127;

    private static final int PIECE_BYTES = 1 << 20;

    private final Weight kernel;
    private final int outputs;
    /** Elements that lie together and belong to one output. */
    private final long run;

    private float @Nullable [] scales;

    private Int8Weight(Weight kernel, int outputs, long run) {
        this.kernel = kernel;
        this.outputs = outputs;
        this.run = run;
    }

    /** A convolution's kernel [out, in, height, width]. */
    public static Int8Weight ofConvolution(Weight kernel) {
        int outputs = Math.toIntExact(kernel.shape()[0]);
        return new Int8Weight(kernel, outputs, kernel.size() / outputs);
    }

    /** Of a matrix [in, out]. */
    static Int8Weight ofMatrix(Weight kernel) {
        return new Int8Weight(kernel, Math.toIntExact(kernel.shape()[1]), 1);
    }

    /** float [out] in a shape of that size; above 0, also of an output of zeros. */
    public Weight scales(long... shape) {
        return new Weight(shape, () -> {
            Tensor tensor = Tensor.allocate(shape);
            tensor.data().put(0, scalesOfOutputs());
            return tensor;
        });
    }

    /** int8, in the shape of the kernel. */
    Weight integers() {
        return Weight.of(new Integers());
    }

    /** int8 [height * width * in, out], for rows in which the channels of a pixel lie together. */
    public Weight asMatrix() {
        long[] shape = kernel.shape();
        int out = outputs;
        int in = Math.toIntExact(shape[1]);
        int area = Math.toIntExact(shape[2] * shape[3]);
        return new Weight(ElementType.INT8, new long[] {(long) area * in, out}, () -> {
            ByteBuffer from = integers().read().bytes();
            Tensor matrix = Tensor.allocate(ElementType.INT8, (long) area * in, out);
            ByteBuffer to = matrix.bytes();
            for (int at = 0; at < area; at++) {
                for (int i = 0; i < in; i++) {
                    for (int o = 0; o < out; o++) {
                        to.put(from.get((o * in + i) * area + at));
                    }
                }
            }
            return matrix;
        });
    }

    private final class Integers implements ElementSource {
        @Override
        public ElementType type() {
            return ElementType.INT8;
        }

        @Override
        public long[] shape() {
            return kernel.shape();
        }

        @Override
        public void read(long first, ByteBuffer to) throws IOException {
            float[] of = scalesOfOutputs();
            scan(first, to.remaining(), (value, output) -> to.put((byte) Math.rint(value / of[output])));
        }
    }

    private float[] scalesOfOutputs() throws IOException {
        if (scales == null) {
            float[] largest = new float[outputs];
            scan(0, kernel.size(), (value, output) -> {
                largest[output] = Math.max(largest[output], Math.abs(value));
            });
            for (int i = 0; i < outputs; i++) {
                largest[i] = largest[i] > 0 ? largest[i] / MAX_VALUE : 1;
            }
            scales = largest;
        }
        return scales;
    }

    @FunctionalInterface
    private interface ElementConsumer {
        void accept(float value, int output);
    }

    private void scan(long first, long count, ElementConsumer consumer) throws IOException {
        // what is computed as a whole for each piece had better be one piece
        long most = kernel.isReadInPieces() ? PIECE_BYTES / Float.BYTES : kernel.size();
        int capacity = Math.toIntExact(Float.BYTES * Math.min(count, most));
        ByteBuffer piece = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
        int output = (int) (first / run % outputs);
        long left = run - first % run;
        for (long at = first; at < first + count; ) {
            int elements = (int) Math.min(first + count - at, capacity / Float.BYTES);
            kernel.read(at, piece.clear().limit(elements * Float.BYTES));
            FloatBuffer floats = piece.flip().asFloatBuffer();
            for (int i = 0; i < elements; i++) {
                consumer.accept(floats.get(i), output);
                if (--left == 0) {
                    left = run;
                    output = output + 1 == outputs ? 0 : output + 1;
                }
            }
            at += elements;
        }
    }
}
