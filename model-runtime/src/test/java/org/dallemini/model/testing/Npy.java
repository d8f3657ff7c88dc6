package org.dallemini.model.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A .npy file, version 1, little endian, C order. */
public record Npy(int[] shape, String type, ByteBuffer data) {
    public static Npy read(Path path) throws IOException {
        ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        int header = b.getShort(8);
        String h = new String(b.array(), 10, header, StandardCharsets.US_ASCII);
        Matcher m =
                Pattern.compile("'descr': '[<|](\\w+)'.*'shape': \\(([^)]*)\\)").matcher(h);
        if (!m.find()) throw new IOException(h);
        int[] shape = Arrays.stream(m.group(2).split(","))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
        return new Npy(shape, m.group(1), b.position(10 + header).slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    public float[] floats() {
        float[] f = new float[data.remaining() / 4];
        data.asFloatBuffer().get(f);
        return f;
    }

    public int[][] rows() {
        int[][] out = new int[shape[0]][shape[1]];
        for (int i = 0; i < shape[0] * shape[1]; i++)
            out[i / shape[1]][i % shape[1]] = type.equals("i8")
                    ? (int) data.getLong(8 * i)
                    : type.equals("u1") || type.equals("b1") ? data.get(i) : data.getInt(4 * i);
        return out;
    }
}
