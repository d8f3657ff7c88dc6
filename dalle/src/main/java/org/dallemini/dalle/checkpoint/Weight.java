package org.dallemini.dalle.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An array that is read only when it is needed, so that a model is converted array by array and never lies in memory as
 * a whole.
 *
 * @param type of its elements
 * @param shape known without reading
 * @param source reads the array; may be called more than once
 */
public record Weight(ElementType type, long[] shape, Source source) {

    /** Reads the array from the checkpoint, or computes it. */
    @FunctionalInterface
    public interface Source {
        Tensor read() throws IOException;
    }

    /** A float array. */
    public Weight(long[] shape, Source source) {
        this(ElementType.FLOAT32, shape, source);
    }

    /** An array that is in memory already. */
    public static Weight of(Tensor tensor) {
        return new Weight(tensor.type(), tensor.shape(), () -> tensor);
    }

    /** An array of which any part can be read by itself. */
    public static Weight of(ElementSource source) {
        return new Weight(source.type(), source.shape(), source);
    }

    /** Number of elements. */
    public long size() {
        return Shapes.size(shape);
    }

    /** Size in memory and in a prepared graph. */
    public long bytes() {
        return type.bytes() * size();
    }

    /** Whether a part can be {@link #read(long, ByteBuffer) read} without the rest. */
    public boolean isReadInPieces() {
        return source instanceof ElementSource;
    }

    /** The whole array. */
    public Tensor read() throws IOException {
        return source.read();
    }

    /**
     * Reads elements from number {@code first} on, as many as the buffer (little endian) takes from its position to its
     * limit; its position ends at its limit. What is computed by the caller is read as a whole for it.
     */
    public void read(long first, ByteBuffer to) throws IOException {
        if (source instanceof ElementSource elements) {
            elements.read(first, to);
        } else {
            ByteBuffer whole = read().bytes();
            to.put(whole.slice(Math.toIntExact(first * type.bytes()), to.remaining()));
        }
    }

    /**
     * Writes the array in C order, little endian. What comes straight from a checkpoint, or is {@link #columns} of
     * such, goes through the buffer piece by piece; anything else is read as a whole first.
     *
     * @param buffer direct memory, a multiple of 8 bytes; overwritten
     */
    public void writeTo(WritableByteChannel out, ByteBuffer buffer) throws IOException {
        if (source instanceof ElementSource elements) {
            long size = bytes();
            for (long at = 0; at < size; at += buffer.limit()) {
                buffer.clear().limit((int) Math.min(size - at, buffer.capacity()));
                elements.read(at / type.bytes(), buffer.order(ByteOrder.LITTLE_ENDIAN));
                writeFully(out, buffer.rewind());
            }
        } else {
            Tensor tensor = read();
            if (tensor.type() != type || !Arrays.equals(tensor.shape(), shape)) {
                throw new IllegalStateException("declared as " + type + " " + Arrays.toString(shape) + " but is "
                        + tensor.type() + " " + Arrays.toString(tensor.shape()));
            }
            writeFully(out, tensor.bytes());
        }
    }

    private static void writeFully(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** Float matrices [in, a], [in, b]... side by side: [in, a + b + ...]. */
    public static Weight columns(List<Weight> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        long rows = parts.get(0).shape[0];
        long width = 0;
        List<ElementSource> elements = new ArrayList<>();
        for (Weight part : parts) {
            if (part.shape.length != 2 || part.shape[0] != rows) {
                throw new IllegalArgumentException("not matrices of the same number of rows");
            }
            width += part.shape[1];
            if (part.source instanceof ElementSource source) {
                elements.add(source);
            }
        }
        if (elements.size() == parts.size()) {
            return of(new Columns(elements));
        }
        return new Weight(new long[] {rows, width}, () -> {
            Tensor[] tensors = new Tensor[parts.size()];
            for (int i = 0; i < tensors.length; i++) {
                tensors[i] = parts.get(i).read();
            }
            return Tensor.columns(tensors);
        });
    }

    /** Flax's convolution kernel [height, width, in, out] in ONNX's order [out, in, height, width]. */
    public Weight hwioToOihw() {
        long[] oihw = {shape[3], shape[2], shape[0], shape[1]};
        return new Weight(oihw, () -> read().hwioToOihw());
    }
}
