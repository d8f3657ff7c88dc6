package org.dallemini.dalle.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes a checkpoint anew with every element rounded to float16, as DALL·E Mega is published: half the bytes. */
public final class HalfCheckpoint {
    private static final float MAX_VALUE = 65504;

    private HalfCheckpoint() {}

    /**
     * Writes all arrays of a checkpoint.
     *
     * @param file flax_model.msgpack
     * @throws CheckpointException if a value is beyond float16
     */
    public static void write(FlaxCheckpoint from, Path file) throws IOException {
        SortedMap<String, long[]> shapes = new TreeMap<>();
        from.entries().forEach((path, array) -> shapes.put(path, array.shape()));
        try {
            FlaxWriter.write(file, shapes, new Rounded(from, file));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static final class Rounded implements FlaxWriter.Elements {
        private final FlaxCheckpoint from;
        private final Path file;
        private final ByteBuffer floats = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        private String parameter = "";
        private long next;

        Rounded(FlaxCheckpoint from, Path file) {
            this.from = from;
            this.file = file;
        }

        @Override
        public String dtype() {
            return "float16";
        }

        @Override
        public int width() {
            return Short.BYTES;
        }

        @Override
        public void begin(String parameter, long[] shape) {
            this.parameter = parameter;
            next = 0;
        }

        @Override
        public void fill(ByteBuffer block) {
            while (block.hasRemaining()) {
                int bytes = (int) Math.min(floats.capacity(), (long) block.remaining() / Short.BYTES * Float.BYTES);
                floats.clear().limit(bytes);
                read();
                for (floats.flip(); floats.hasRemaining(); ) {
                    block.putShort(rounded(floats.getFloat()));
                }
            }
        }

        private void read() {
            try {
                long elements = floats.remaining() / Float.BYTES;
                from.weight(parameter).read(next, floats);
                next += elements;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private short rounded(float value) {
            if (Math.abs(value) > MAX_VALUE) {
                throw new CheckpointException(file, parameter, "has " + value + ", which float16 cannot hold");
            }
            return HalfFloat.toFloat16(value);
        }
    }
}
