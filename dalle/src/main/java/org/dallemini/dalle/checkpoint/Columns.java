package org.dallemini.dalle.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Float matrices [in, a], [in, b]... side by side: [in, a + b + ...]. */
record Columns(List<ElementSource> parts) implements ElementSource {
    private static final int FLOAT_BYTES = ElementType.FLOAT32.bytes();

    @Override
    public long[] shape() {
        return new long[] {
            parts.get(0).shape()[0], parts.stream().mapToLong(Columns::width).sum()
        };
    }

    private static long width(ElementSource part) {
        return part.shape()[1];
    }

    /** Row by row, in each from part to part; the range may begin and end anywhere. */
    @Override
    public void read(long first, ByteBuffer to) throws IOException {
        long width = shape()[1];
        long row = first / width;
        long column = first % width;
        for (; to.hasRemaining(); row++, column = 0) {
            for (ElementSource part : parts) {
                long skipped = Math.min(column, width(part));
                long elements = Math.min(width(part) - skipped, to.remaining() / FLOAT_BYTES);
                if (elements > 0) {
                    int bytes = Math.toIntExact(elements * FLOAT_BYTES);
                    part.read(
                            row * width(part) + skipped,
                            to.slice(to.position(), bytes).order(ByteOrder.LITTLE_ENDIAN));
                    to.position(to.position() + bytes);
                }
                column -= skipped;
            }
        }
    }
}
