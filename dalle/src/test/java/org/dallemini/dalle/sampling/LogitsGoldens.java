package org.dallemini.dalle.sampling;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.FloatBuffer;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.Npy;

/** The folder {@code logits} of the golden vectors: draws and warpers of the original over four rows of logits. */
final class LogitsGoldens {
    private final Goldens.Golden golden = Goldens.open().logits();
    private final Npy input = golden.array("input");

    int rows() {
        return input.dim(0);
    }

    int vocabulary() {
        return input.dim(1);
    }

    FloatBuffer logits() {
        return FloatBuffer.wrap(input.floats());
    }

    JsonNode json() {
        return golden.json("logits.json");
    }

    /** @param array file name, with or without .npy */
    float[] floats(String array) {
        return golden.array(array.replace(".npy", "")).floats();
    }
}
