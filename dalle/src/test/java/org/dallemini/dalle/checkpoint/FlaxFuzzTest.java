package org.dallemini.dalle.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.SafetensorsForm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the bytes, as msgpack or as safetensors: a checkpoint, or a ModelException, soon and without much memory.
 */
class FlaxFuzzTest {
    private static final long SEED = 20_26;
    private static final long MAX_HEAP_BYTES = 64 << 20;

    @TempDir
    Path folder;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private int refused;

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void shouldSurviveMutationsOfASmallCheckpoint() throws IOException {
        // Given: mostly headers, so that most mutations hit one
        byte[] data = FlaxBytes.elements("float32", 1, 2, 3, 4, 5, 6);
        Map<String, Object> arrays = new LinkedHashMap<>();
        arrays.put("model/encoder/table", FlaxBytes.array("float32", data, 2, 3));
        arrays.put("model/encoder/layers/q/kernel", FlaxBytes.array("bfloat16", data, 2, 3, 2));
        arrays.put("model/decoder/chunks", FlaxBytes.chunked("float16", data, 4, 2, 4, 3));
        arrays.put("scalar", FlaxBytes.array("float32", new byte[4]));
        byte[] sound = FlaxBytes.write(FlaxBytes.tree(arrays));

        // When / Then
        int mutations = 5_000;
        Random random = new Random(SEED);
        for (int i = 0; i < mutations; i++) {
            readOrRefuse(mutate(sound, random, sound.length), "flax_model.msgpack");
        }
        assertThat(refused).isBetween(mutations / 4, mutations - 100);
    }

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void shouldSurviveMutationsOfTheGoldens() throws IOException {
        for (Goldens.Set set : Goldens.open().sets()) {
            // Given
            byte[] sound = Files.readAllBytes(set.bart().resolve("flax_model.msgpack"));
            Random random = new Random(SEED);

            // When / Then: headers are anywhere, most of them behind a few known names
            for (int i = 0; i < 300; i++) {
                int reach = random.nextBoolean() ? 300 : sound.length;
                readOrRefuse(mutate(sound, random, reach), "flax_model.msgpack");
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void shouldSurviveMutationsOfSafetensors() throws IOException {
        // Given
        byte[] header = SafetensorsForm.header("""
                {"__metadata__":{"format":"flax"},
                "model.encoder.table":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
                "model.q.kernel":{"dtype":"BF16","shape":[2,3,1],"data_offsets":[24,36]},
                "scalar":{"dtype":"F16","shape":[],"data_offsets":[36,38]}}""");
        byte[] sound = Arrays.copyOf(header, header.length + 38);

        // When / Then
        int mutations = 2_000;
        Random random = new Random(SEED);
        for (int i = 0; i < mutations; i++) {
            readOrRefuse(mutate(sound, random, sound.length), "model.safetensors");
        }
        assertThat(refused).isBetween(mutations / 4, mutations - 100);
    }

    @FuzzTest
    void shouldReadCheckpointOrRefuseIt(byte[] bytes) throws IOException {
        readOrRefuseTwice(bytes, "flax_model.msgpack");
    }

    @FuzzTest
    void shouldReadSafetensorsOrRefuseThem(byte[] bytes) throws IOException {
        readOrRefuseTwice(bytes, "model.safetensors");
    }

    private void readOrRefuseTwice(byte[] bytes, String name) throws IOException {
        try {
            readOrRefuse(bytes, name);
        } catch (AssertionError e) {
            // The first time classes may have been loaded, and rewritten by Jazzer, which takes memory.
            readOrRefuse(bytes, name);
        }
    }

    /**
     * Up to four changes within the first so many bytes: bits flipped, bytes set, cut, inserted, removed or repeated.
     */
    private static byte[] mutate(byte[] sound, Random random, int reach) {
        byte[] bytes = sound.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(Math.min(reach, bytes.length));
            int length = Math.min(1 + random.nextInt(8), bytes.length - at);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> Arrays.fill(bytes, at, at + length, (byte) (random.nextBoolean() ? 0xff : 0x7f));
                case 3 -> bytes = random.nextInt(8) > 0 ? bytes : Arrays.copyOf(bytes, at + 1);
                case 4 -> bytes = join(bytes, at, at + (random.nextBoolean() ? 0 : length), random, length);
                default -> bytes = join(bytes, at, at + length, random, 0);
            }
            if (bytes.length == 0) {
                return new byte[1];
            }
        }
        return bytes;
    }

    /** The bytes before {@code until}, some new ones, and the bytes from {@code from} on. */
    private static byte[] join(byte[] bytes, int until, int from, Random random, int inserted) {
        byte[] fresh = new byte[inserted];
        random.nextBytes(fresh);
        byte[] joined = Arrays.copyOf(bytes, until + inserted + bytes.length - from);
        System.arraycopy(fresh, 0, joined, until, inserted);
        System.arraycopy(bytes, from, joined, until + inserted, bytes.length - from);
        return joined;
    }

    private void readOrRefuse(byte[] bytes, String name) throws IOException {
        Path file = folder.resolve(name);
        Files.deleteIfExists(file); // file systems wait for the disk where a file is overwritten
        Files.write(file, bytes);
        long before = threads.getCurrentThreadAllocatedBytes();
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.openFile(file)) {
            for (String parameter : checkpoint.entries().keySet()) {
                Weight weight = checkpoint.weight(parameter);
                assertThat(weight.bytes()).isLessThanOrEqualTo(2L * bytes.length);
                weight.read();
            }
        } catch (ModelException e) {
            refused++;
            assertThat(e).hasMessageContaining(file.toString());
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MAX_HEAP_BYTES);
    }
}
