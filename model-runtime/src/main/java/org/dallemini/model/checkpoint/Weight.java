package org.dallemini.model.checkpoint;

import java.io.IOException;
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

    /** Size in memory and in a prepared graph. */
    public long bytes() {
        return type.bytes() * Shapes.size(shape);
    }

    public Tensor read() throws IOException {
        return source.read();
    }

    /** Float matrices [in, a], [in, b]... side by side: [in, a + b + ...]. */
    public static Weight columns(List<Weight> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        long rows = parts.get(0).shape[0];
        long width = 0;
        for (Weight part : parts) {
            if (part.shape.length != 2 || part.shape[0] != rows) {
                throw new IllegalArgumentException("not matrices of the same number of rows");
            }
            width += part.shape[1];
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
