package org.dallemini.model.precision;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.dallemini.model.checkpoint.ElementSource;
import org.dallemini.model.checkpoint.ElementType;
import org.dallemini.model.checkpoint.Tensor;
import org.dallemini.model.checkpoint.Weight;
import org.jspecify.annotations.Nullable;

/**
 * A kernel [in, out] as 8-bit integers with a scale for each column: kernel = integers * scale, but for rounding. Read
 * piece by piece, twice: for the scales, then for the integers.
 */
final class Int8Columns {
    /** Of an integer; -128 is not used, so that the range is symmetric. */
    static final int LARGEST = 127;

    private static final int PIECE_BYTES = 1 << 20;

    private final Weight kernel;
    private final int width;
    private float @Nullable [] scales;

    Int8Columns(Weight kernel) {
        if (kernel.shape().length != 2) {
            throw new IllegalArgumentException("not a matrix");
        }
        this.kernel = kernel;
        this.width = Math.toIntExact(kernel.shape()[1]);
    }

    /** float [out]; above 0, also of a column of zeros. */
    Weight scales() {
        return new Weight(new long[] {width}, () -> {
            Tensor tensor = Tensor.allocate(width);
            tensor.data().put(0, columnScales());
            return tensor;
        });
    }

    /** int8 [in, out]. */
    Weight integers() {
        return Weight.of(new Integers());
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
            float[] perColumn = columnScales();
            scan(first, to.remaining(), (value, column) -> to.put((byte) Math.rint(value / perColumn[column])));
        }
    }

    private float[] columnScales() throws IOException {
        if (scales == null) {
            float[] largest = new float[width];
            scan(0, kernel.shape()[0] * width, (value, column) -> {
                largest[column] = Math.max(largest[column], Math.abs(value));
            });
            for (int i = 0; i < width; i++) {
                largest[i] = largest[i] > 0 ? largest[i] / LARGEST : 1;
            }
            scales = largest;
        }
        return scales;
    }

    @FunctionalInterface
    private interface ElementConsumer {
        void accept(float value, int column);
    }

    private void scan(long first, long count, ElementConsumer consumer) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int column = (int) (first % width);
        for (long at = 0; at < count; ) {
            int elements = (int) Math.min(count - at, PIECE_BYTES / Float.BYTES);
            kernel.read(first + at, piece.clear().limit(elements * Float.BYTES));
            FloatBuffer floats = piece.flip().asFloatBuffer();
            for (int i = 0; i < elements; i++) {
                consumer.accept(floats.get(i), column);
                column = column + 1 == width ? 0 : column + 1;
            }
            at += elements;
        }
    }
}
