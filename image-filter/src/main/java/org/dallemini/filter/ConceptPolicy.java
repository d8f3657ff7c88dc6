package org.dallemini.filter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * What pictures are looked at for, in words: a JSON file with its name and version.
 *
 * @param neutral texts of harmless pictures, against which the others are weighed
 */
record ConceptPolicy(String name, String version, List<String> neutral, List<Concept> concepts) {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

    /**
     * Something unwelcome.
     *
     * @param name as marks and messages have it
     * @param texts of pictures that show it
     * @param flagAbove probability of all its texts together from which on a picture is marked; null: never
     * @param refuseAbove from which on it is refused; null: never
     */
    record Concept(
            String name,
            List<String> texts,
            @Nullable Float flagAbove,
            @Nullable Float refuseAbove) {
        Concept {
            Objects.requireNonNull(name, "a concept has no name");
            texts = List.copyOf(Objects.requireNonNull(texts, name + " has no texts"));
            if (name.isBlank() || texts.isEmpty()) {
                throw new IllegalArgumentException("a concept has a name and at least one text");
            }
            check(name, flagAbove);
            check(name, refuseAbove);
        }

        private static void check(String name, @Nullable Float threshold) {
            if (threshold != null && !(threshold >= 0 && threshold <= 1)) {
                throw new IllegalArgumentException(name + " has the threshold " + threshold + ", not one from 0 to 1");
            }
        }
    }

    ConceptPolicy {
        Objects.requireNonNull(name, "the policy has no name");
        Objects.requireNonNull(version, "the policy has no version");
        neutral = List.copyOf(Objects.requireNonNull(neutral, "the policy has no neutral texts"));
        concepts = List.copyOf(Objects.requireNonNull(concepts, "the policy has no concepts"));
        if (neutral.isEmpty() || concepts.isEmpty()) {
            throw new IllegalArgumentException("the policy has no neutral text or no concept");
        }
    }

    /** The one that is shipped. */
    static ConceptPolicy shipped() {
        try (InputStream in =
                Objects.requireNonNull(ConceptPolicy.class.getResourceAsStream("concepts.json"), "concepts.json")) {
            return JSON.readValue(in, ConceptPolicy.class);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read concepts.json of this program", e);
        }
    }

    /** @throws ConfigException if the file cannot be read, or is no such policy */
    static ConceptPolicy read(Path file) {
        try {
            return JSON.readValue(Files.readAllBytes(file), ConceptPolicy.class);
        } catch (JsonProcessingException e) {
            throw new ConfigException(file + " is no policy of concepts: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new ConfigException("Cannot read " + file + ": " + e);
        }
    }
}
