package org.dallemini.dalle.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * An array in memory, in C order and little endian. Its memory is direct, so that it goes to disk or to ONNX Runtime
 * without a copy; below 2 GiB.
 */
public final class Tensor {
    private final ElementType type;
    private final long[] shape;
    private final ByteBuffer bytes;
    private final FloatBuffer floats;

    private Tensor(ElementType type, long[] shape, ByteBuffer bytes) {
        this.type = type;
        this.shape = shape;
        this.bytes = bytes;
        this.floats = bytes.asFloatBuffer();
    }

    /** A float array of zeros. */
    public static Tensor allocate(long... shape) {
        return allocate(ElementType.FLOAT32, shape);
    }

    /** An array of zeros. */
    public static Tensor allocate(ElementType type, long... shape) {
        int bytes = Math.toIntExact(type.bytes() * Shapes.size(shape));
        return new Tensor(type, shape.clone(), ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** A float array whose elements are all the same. */
    public static Tensor filled(float value, long... shape) {
        Tensor tensor = allocate(shape);
        for (int i = 0; i < tensor.floats.capacity(); i++) {
            tensor.floats.put(i, value);
        }
        return tensor;
    }

    public ElementType type() {
        return type;
    }

    public long[] shape() {
        return shape.clone();
    }

    public int dim(int axis) {
        return Math.toIntExact(shape[axis]);
    }

    /** The memory, from its start. */
    public ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The elements of a float array; to be used with absolute positions. */
    public FloatBuffer data() {
        if (type != ElementType.FLOAT32) {
            throw new IllegalStateException("an array of " + type + " has no floats");
        }
        return floats;
    }

    /** The same memory as another shape of the same size. */
    public Tensor reshape(long... newShape) {
        if (Shapes.size(newShape) != Shapes.size(shape)) {
            throw new IllegalArgumentException("sizes differ");
        }
        return new Tensor(type, newShape.clone(), bytes);
    }

    /** Float matrices [in, a], [in, b]... side by side: [in, a + b + ...]. */
    public static Tensor columns(Tensor... parts) {
        int rows = parts[0].dim(0);
        int width = 0;
        for (Tensor part : parts) {
            width += part.dim(1);
        }
        Tensor out = allocate(rows, width);
        FloatBuffer to = out.data();
        int at = 0;
        for (int row = 0; row < rows; row++) {
            for (Tensor part : parts) {
                to.put(at, part.data(), row * part.dim(1), part.dim(1));
                at += part.dim(1);
            }
        }
        return out;
    }

    /** Flax's convolution kernel [height, width, in, out] in ONNX's order [out, in, height, width]. */
    public Tensor hwioToOihw() {
        int area = dim(0) * dim(1);
        int in = dim(2);
        int out = dim(3);
        Tensor oihw = allocate(out, in, dim(0), dim(1));
        FloatBuffer from = data();
        FloatBuffer to = oihw.data();
        int at = 0;
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                for (int yx = 0; yx < area; yx++) {
                    to.put(at++, from.get((yx * in + i) * out + o));
                }
            }
        }
        return oihw;
    }
}
