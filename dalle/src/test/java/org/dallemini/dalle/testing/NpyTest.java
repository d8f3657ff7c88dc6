package org.dallemini.dalle.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadEveryType() throws IOException {
        ByteBuffer floats = bytes(8).putFloat(1.5f).putFloat(-2);
        assertThat(write("<f4", "(2,)", floats).floats()).containsExactly(1.5f, -2);
        ByteBuffer ints = bytes(16).putInt(1).putInt(-2).putInt(3).putInt(4);
        assertThat(write("<i4", "(2, 2)", ints).rows()).isDeepEqualTo(new int[][] {{1, -2}, {3, 4}});
        assertThat(write("<i8", "()", bytes(8).putLong(-7)).longs()).containsExactly(-7);
        assertThat(write("|u1", "(3,)", bytes(3).put(new byte[] {0, 127, -1})).ints())
                .containsExactly(0, 127, 255);
        assertThat(write("|b1", "(2,)", bytes(2).put(new byte[] {1, 0})).ints()).containsExactly(1, 0);
    }

    @Test
    void shouldSliceAlongTheFirstAxis() throws IOException {
        // Given
        Npy array = write(
                "<i4", "(2, 1, 2)", bytes(16).putInt(1).putInt(2).putInt(3).putInt(4));

        // When
        Npy second = array.slice(1);

        // Then
        assertThat(second.shape()).containsExactly(1, 2);
        assertThat(second.ints()).containsExactly(3, 4);
    }

    @Test
    void shouldRefuseWhatItWouldMisread() {
        assertThatThrownBy(() -> write("<c8", "(1,)", bytes(8))).hasMessageContaining("cannot read arrays of");
        assertThatThrownBy(() -> write(">f4", "(1,)", bytes(4))).hasMessageContaining("cannot read arrays of");
        assertThatThrownBy(() -> write("<f4", "(2,)", bytes(4))).hasMessageContaining("4 bytes of data for 2 elements");
        assertThatThrownBy(() -> write("<f4", "(1,)", bytes(4)).ints()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> write("<i4", "(1,)", bytes(4)).floats()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> write("<f8", "(1,)", bytes(8)).floats()).isInstanceOf(IllegalStateException.class);
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Npy write(String type, String shape, ByteBuffer data) throws IOException {
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
        ByteBuffer file = bytes(10 + header.length() + data.capacity());
        file.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        file.putShort((short) header.length())
                .put(header.getBytes(StandardCharsets.US_ASCII))
                .put(data.array());
        return Npy.read(Files.write(folder.resolve("array.npy"), file.array()));
    }
}
