package org.dallemini.tokens.sampling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.dallemini.model.testing.Npy;

/** The folder {@code logits} of the golden vectors: draws and warpers of the original over four rows of logits. */
final class LogitsGoldens {
    private final Path folder = Path.of(System.getProperty("dallemini.goldens"), "logits");
    private final Npy input = npy("input.npy");

    int rows() {
        return input.shape()[0];
    }

    int vocabulary() {
        return input.shape()[1];
    }

    FloatBuffer logits() {
        return FloatBuffer.wrap(input.floats());
    }

    JsonNode json() {
        try {
            return new ObjectMapper().readTree(folder.resolve("logits.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    float[] floats(String file) {
        return npy(file).floats();
    }

    private Npy npy(String file) {
        try {
            return Npy.read(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
