package org.dallemini.dalle.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A source of which any part can be read without the rest, so that a large array never lies in memory as a whole. */
public interface ElementSource extends Weight.Source {
    default ElementType type() {
        return ElementType.FLOAT32;
    }

    long[] shape();

    /**
     * Reads elements from number {@code first} on, as many as the buffer (little endian) takes from its position to its
     * limit; its position ends at its limit.
     */
    void read(long first, ByteBuffer to) throws IOException;

    @Override
    default Tensor read() throws IOException {
        Tensor tensor = Tensor.allocate(type(), shape());
        read(0, tensor.bytes());
        return tensor;
    }
}
