package org.dallemini.dalle.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array from a .npy file (numpy's format, version 1 or 2), little endian, C order.
 *
 * @param shape of any rank, empty for a scalar
 * @param type f4, f8, i4, i8, u1 or b1
 * @param data the elements
 */
public record Npy(int[] shape, String type, ByteBuffer data) {
    private static final Pattern HEADER =
            Pattern.compile("'descr': '[<|](\\w\\d)', 'fortran_order': False, 'shape': \\(([\\d, ]*)\\)");
    private static final Set<String> TYPES = Set.of("f4", "f8", "i4", "i8", "u1", "b1");

    public static Npy read(Path path) {
        ByteBuffer file;
        try {
            file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int start = file.get(6) == 1 ? 10 : 12;
        int length = start == 10 ? file.getShort(8) & 0xffff : file.getInt(8);
        String header = new String(file.array(), start, length, StandardCharsets.US_ASCII);
        Matcher fields = HEADER.matcher(header);
        if (!fields.find() || !TYPES.contains(fields.group(1))) {
            throw new IllegalArgumentException(path + ": cannot read arrays of " + header.strip());
        }
        int[] shape = Arrays.stream(fields.group(2).split(","))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
        Npy array = new Npy(
                shape, fields.group(1), file.position(start + length).slice().order(ByteOrder.LITTLE_ENDIAN));
        int width = array.type.charAt(1) - '0';
        if (array.data.remaining() != array.size() * width) {
            throw new IllegalArgumentException(path + ": " + array.data.remaining() + " bytes of data for "
                    + array.size() + " elements of " + width);
        }
        return array;
    }

    /** Number of elements. */
    public int size() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    public int dim(int axis) {
        return shape[axis];
    }

    /** Shape as ONNX Runtime wants it. */
    public long[] longShape() {
        return Arrays.stream(shape).asLongStream().toArray();
    }

    /** All elements of a float array. */
    public float[] floats() {
        if (!type.equals("f4")) {
            throw new IllegalStateException("an array of " + type + " has no floats");
        }
        float[] floats = new float[size()];
        data.asFloatBuffer().get(floats);
        return floats;
    }

    /** All elements of an array of floats, exact. */
    public double[] doubles() {
        double[] doubles = new double[size()];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = type.equals("f8") ? data.getDouble(8 * i) : floats()[i];
        }
        return doubles;
    }

    /** All elements of an array of whole numbers (u1 as 0..255, b1 as 0 or 1). */
    public int[] ints() {
        int[] ints = new int[size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = switch (type) {
                case "i4" -> data.getInt(4 * i);
                case "i8" -> Math.toIntExact(data.getLong(8 * i));
                case "u1", "b1" -> data.get(i) & 0xff;
                default -> throw new IllegalStateException("an array of " + type + " has no whole numbers");
            };
        }
        return ints;
    }

    /** The same as long, as many ONNX inputs want them. */
    public long[] longs() {
        return Arrays.stream(ints()).asLongStream().toArray();
    }

    /** An array of whole numbers of rank 2, row by row. */
    public int[][] rows() {
        if (shape.length != 2) {
            throw new IllegalStateException("rank is " + shape.length + ", not 2");
        }
        int[] all = ints();
        int[][] rows = new int[shape[0]][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(all, i * shape[1], (i + 1) * shape[1]);
        }
        return rows;
    }

    /** Entry i along the first axis, as an array of one rank less that shares the memory. */
    public Npy slice(int i) {
        int length = data.remaining() / shape[0];
        return new Npy(
                Arrays.copyOfRange(shape, 1, shape.length),
                type,
                data.slice(i * length, length).order(ByteOrder.LITTLE_ENDIAN));
    }
}
