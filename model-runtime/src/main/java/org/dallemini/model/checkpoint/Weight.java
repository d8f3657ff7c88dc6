package org.dallemini.model.checkpoint;

import java.io.IOException;
import java.util.List;

/**
 * A float32 array that is read only when it is needed, so that a model is converted array by array and never lies in
 * memory as a whole.
 *
 * @param shape known without reading
 * @param source reads the array; may be called more than once
 */
public record Weight(long[] shape, Source source) {

    /** Reads the array from the checkpoint. */
    @FunctionalInterface
    public interface Source {
        Tensor read() throws IOException;
    }

    /** An array that is computed rather than read. */
    public static Weight of(Tensor tensor) {
        return new Weight(tensor.shape(), () -> tensor);
    }

    public Tensor read() throws IOException {
        return source.read();
    }

    /** Matrices [in, a], [in, b]... side by side: [in, a + b + ...]. */
    public static Weight columns(List<Weight> parts) {
        long width = parts.stream().mapToLong(p -> p.shape[1]).sum();
        return new Weight(new long[] {parts.get(0).shape[0], width}, () -> {
            Tensor[] tensors = new Tensor[parts.size()];
            for (int i = 0; i < tensors.length; i++) {
                tensors[i] = parts.get(i).read();
            }
            return Tensor.columns(tensors);
        });
    }

    /** Flax convolution kernel [h, w, in, out] in the ONNX order [out, in, h, w]. */
    public Weight hwioToOihw() {
        return new Weight(new long[] {shape[3], shape[2], shape[0], shape[1]}, () -> read().hwioToOihw());
    }
}
