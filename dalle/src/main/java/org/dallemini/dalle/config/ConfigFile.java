package org.dallemini.dalle.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFile;
import org.dallemini.dalle.model.UnsupportedModelException;

/** A JSON file of settings. A key that is absent or null has its default; keys that nobody asks for are ignored. */
final class ConfigFile {
    private final Path path;
    private final JsonNode json;

    private ConfigFile(Path path, JsonNode json) {
        this.path = path;
        this.json = json;
    }

    static ConfigFile read(Path path) throws IOException {
        return new ConfigFile(path, ModelFile.json(path));
    }

    /** A whole number within [min, max]. */
    int integer(String key, int missing, int min, int max) {
        JsonNode value = json.path(key);
        if (absent(value)) {
            return missing;
        }
        return integer(key, value, min, max);
    }

    private int integer(String key, JsonNode value, int min, int max) {
        boolean whole = value.isIntegralNumber() || value.isNumber() && value.doubleValue() % 1 == 0;
        if (!whole || value.doubleValue() < min || value.doubleValue() > max) {
            throw invalid(key, value, "a whole number from " + min + " to " + max);
        }
        return value.intValue();
    }

    /** Whole numbers, each within [min, max]. */
    List<Integer> integers(String key, List<Integer> missing, int min, int max) {
        JsonNode value = json.path(key);
        if (absent(value)) {
            return missing;
        }
        if (!value.isArray()) {
            throw invalid(key, value, "a list of whole numbers");
        }
        List<Integer> numbers = new ArrayList<>();
        value.forEach(element -> numbers.add(integer(key, element, min, max)));
        return List.copyOf(numbers);
    }

    /** A finite number that is valid. */
    float number(String key, float missing, Predicate<Float> valid, String expected) {
        JsonNode value = json.path(key);
        if (absent(value)) {
            return missing;
        }
        if (!value.isNumber() || !Float.isFinite(value.floatValue()) || !valid.test(value.floatValue())) {
            throw invalid(key, value, expected);
        }
        return value.floatValue();
    }

    boolean flag(String key, boolean missing) {
        JsonNode value = json.path(key);
        if (absent(value)) {
            return missing;
        }
        if (!value.isBoolean()) {
            throw invalid(key, value, "true or false");
        }
        return value.booleanValue();
    }

    /** Refuses any value but this one, which is also the default. */
    void only(String key, Object supported) {
        JsonNode value = json.path(key);
        if (!absent(value) && !value.asText().equals(supported.toString())) {
            throw new UnsupportedModelException(path, key, value, supported.toString());
        }
    }

    ModelException invalid(String key, Object value, String expected) {
        return new ModelException(
                path + ": " + key + " = " + value + " must be " + expected + "; correct it, or copy the file again");
    }

    private static boolean absent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }
}
