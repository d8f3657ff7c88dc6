package org.dallemini.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** A float32 array in C order, in direct memory so that ONNX Runtime can use it without a copy. */
public record Tensor(long[] shape, ByteBuffer bytes, FloatBuffer data) {

    public static Tensor allocate(long... shape) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(4 * size(shape))).order(ByteOrder.LITTLE_ENDIAN);
        return new Tensor(shape, bytes, bytes.asFloatBuffer());
    }

    public static Tensor filled(float value, long... shape) {
        Tensor t = allocate(shape);
        for (int i = 0; i < t.data.capacity(); i++) t.data.put(i, value);
        return t;
    }

    static long size(long[] shape) {
        long n = 1;
        for (long s : shape) n *= s;
        return n;
    }

    /** The same memory, from its start. */
    public ByteBuffer bytes() {
        return bytes.duplicate();
    }

    public int dim(int axis) {
        return (int) shape[axis];
    }

    public Tensor reshape(long... newShape) {
        return new Tensor(newShape, bytes, data);
    }

    /** Matrices [in, a], [in, b]... side by side: [in, a + b + ...]. */
    public static Tensor columns(Tensor... parts) {
        int rows = parts[0].dim(0), width = 0;
        for (Tensor p : parts) width += p.dim(1);
        Tensor out = allocate(rows, width);
        for (int r = 0, at = 0; r < rows; r++) {
            for (Tensor p : parts) {
                out.data.put(at, p.data, r * p.dim(1), p.dim(1));
                at += p.dim(1);
            }
        }
        return out;
    }

    /** Flax convolution kernel [h, w, in, out] to the ONNX order [out, in, h, w]. */
    public Tensor hwioToOihw() {
        int h = dim(0), w = dim(1), in = dim(2), out = dim(3), at = 0;
        Tensor t = allocate(out, in, h, w);
        for (int o = 0; o < out; o++)
            for (int i = 0; i < in; i++)
                for (int yx = 0; yx < h * w; yx++) t.data.put(at++, data.get((yx * in + i) * out + o));
        return t;
    }
}
