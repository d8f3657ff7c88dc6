package org.dallemini.dalle.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** An array in a checkpoint: where its bytes lie, and how to read them. */
public final class StoredArray {
    /** Bytes of a file; an array has several such parts only if Flax wrote it in chunks. */
    record Part(long offset, long length) {}

    /** Of a float, all of whose bits are set in infinities and NaN. */
    private static final int EXPONENT = 0x7f800000, LOWEST_OF_EXPONENT = 0x00800000;

    private final Path file;
    private final FileChannel channel;
    private final String path;
    private final long[] shape;
    private final String dtype;
    private final List<Part> parts;

    StoredArray(Path file, FileChannel channel, String path, long[] shape, String dtype, List<Part> parts) {
        this.file = file;
        this.channel = channel;
        this.path = path;
        this.shape = shape;
        this.dtype = dtype;
        this.parts = parts;
        int width = width();
        if (width > 0 && bytes() != multiply(width, shape)) {
            throw new CheckpointException(
                    file,
                    path,
                    "has " + bytes() + " bytes, which is not " + describe() + "; the file is damaged, copy it again");
        }
    }

    /** Path of parameter names, joined by "/". */
    public String path() {
        return path;
    }

    public long[] shape() {
        return shape.clone();
    }

    /** numpy's name of the type of its elements: float32, float16, bfloat16; others cannot be read as weights. */
    public String dtype() {
        return dtype;
    }

    /** Size in the file. */
    public long bytes() {
        return parts.stream().mapToLong(Part::length).sum();
    }

    /** Bytes of an element, 0 if it is of a type that cannot be read. */
    private int width() {
        return switch (dtype) {
            case "float32" -> 4;
            case "float16", "bfloat16" -> 2;
            default -> 0;
        };
    }

    Path file() {
        return file;
    }

    List<Part> parts() {
        return parts;
    }

    /** The whole array as weight. */
    Weight weight() {
        requireReadable(shape);
        return Weight.of(new Range(this, 0, shape));
    }

    /** Entry i along the first axis as weight. */
    Weight weight(int i) {
        if (shape.length == 0 || i >= shape[0]) {
            throw new CheckpointException(file, path, "is " + describe() + " and has no layer " + i);
        }
        long[] rest = Arrays.copyOfRange(shape, 1, shape.length);
        requireReadable(rest);
        return Weight.of(new Range(this, i * Shapes.size(rest), rest));
    }

    /** Consecutive elements of a stored array. */
    private record Range(StoredArray array, long start, long[] shape) implements ElementSource {
        @Override
        public void read(long first, ByteBuffer to) throws IOException {
            array.read(start + first, to);
        }
    }

    private void requireReadable(long[] wanted) {
        if (width() == 0) {
            throw new CheckpointException(
                    file, path, "is " + describe() + "; weights must be float32, float16 or bfloat16");
        }
        if (multiply(ElementType.FLOAT32.bytes(), wanted) > Integer.MAX_VALUE) {
            throw new CheckpointException(file, path, "is " + describe() + "; arrays must be below 2 GiB as float32");
        }
    }

    String describe() {
        return dtype + " " + Arrays.toString(shape);
    }

    /** Reads elements as floats from number {@code first} on, as many as the buffer takes. */
    private void read(long first, ByteBuffer to) throws IOException {
        int start = to.position();
        int elements = to.remaining() / ElementType.FLOAT32.bytes();
        // 16-bit elements are read into the end of the buffer and widened in place from the front: what is written
        // never overtakes what is still to be read
        int stored = to.limit() - elements * width();
        to.position(stored);
        readStored(first * width(), to);
        switch (dtype) {
            case "float16" -> {
                for (int i = 0; i < elements; i++) {
                    to.putInt(start + 4 * i, HalfFloat.float16(to.getShort(stored + 2 * i)));
                }
            }
            case "bfloat16" -> {
                for (int i = 0; i < elements; i++) {
                    to.putInt(start + 4 * i, HalfFloat.bfloat16(to.getShort(stored + 2 * i)));
                }
            }
            default -> {
                // float32 is as it should be
            }
        }
        requireFinite(first, to, start, elements);
    }

    /** One number that is none makes noise of every image. */
    private void requireFinite(long first, ByteBuffer floats, int start, int elements) {
        int all = 0;
        for (int i = 0; i < elements; i++) { // carries into the sign where all bits of the exponent are set
            all |= (floats.getInt(start + 4 * i) & EXPONENT) + LOWEST_OF_EXPONENT;
        }
        if (all >= 0) {
            return;
        }
        for (int i = 0; i < elements; i++) {
            float value = floats.getFloat(start + 4 * i);
            if (!Float.isFinite(value)) {
                throw new CheckpointException(
                        file,
                        path,
                        "is " + describe() + " and has " + value + " as element " + (first + i)
                                + "; the file is damaged or was written by a training that diverged, copy it again or"
                                + " choose another checkpoint");
            }
        }
    }

    /** Reads bytes from number {@code skip} on, over all parts, until the buffer is full. */
    private void readStored(long skip, ByteBuffer to) throws IOException {
        long before = skip;
        for (Part part : parts) {
            long length = Math.min(part.length - before, to.remaining());
            if (length > 0) {
                readFully(to, part.offset + before, (int) length);
            }
            before = Math.max(0, before - part.length);
        }
    }

    private void readFully(ByteBuffer to, long offset, int length) throws IOException {
        ByteBuffer part = to.slice(to.position(), length);
        while (part.hasRemaining()) {
            if (channel.read(part, offset + part.position()) < 0) {
                throw new CheckpointException(file, path, "ends early: the file was cut off after it was opened");
            }
        }
        to.position(to.position() + length);
    }

    /** Far above any file instead of an overflow. */
    private static long multiply(int width, long[] shape) {
        try {
            return Math.multiplyExact(width, Shapes.size(shape));
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }
}
