package org.dallemini.ingest.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * What a model is, for people: {@code model-card.json} in its folder, after the model cards of Mitchell and others
 * (2019), or what its hub's README.md says. All but the name may be left out; nothing is said then. Fields of later
 * versions are passed over.
 *
 * @param name of the model; its folder's, if the card has none
 * @param description in a sentence that speaks of the model as "it"; empty if nothing is known
 * @param source where one can read more of it
 * @param languages that it reads, as of BCP 47
 * @param examples of prompts that it draws well
 * @param limits what it cannot do or does badly, in whole sentences
 * @param biases that it is known to have, in whole sentences
 * @param trainingData what it learned from
 * @param intendedUses what it was made for
 * @param excludedUses what it shall not be used for
 * @param licence of its weights, as of SPDX
 * @param emissions of its training
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ModelCard(
        String name,
        String description,
        @Nullable String source,
        List<String> languages,
        List<String> examples,
        List<String> limits,
        List<String> biases,
        @Nullable String trainingData,
        List<String> intendedUses,
        List<String> excludedUses,
        @Nullable String licence,
        @Nullable String emissions) {
    /** In a model's folder. */
    public static final String FILE = "model-card.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The hub's card, which 'models pull' fetches too. */
    private static final String README = "README.md";

    private static final int MAX_README_BYTES = 1 << 20;

    /** What 'models pull' writes: where the folder's files come from. */
    private static final String ORIGIN = "pull.json";

    /** Where DALL·E mini and Mega were published, on whichever hub. */
    private static final Pattern PUBLISHED = Pattern.compile("(?:.*[/:])?dalle-mini/dalle-(?:mini|mega)");

    @SuppressWarnings("ConstantValue") // JSON may leave out what is not nullable
    public ModelCard {
        name = name == null ? "" : name;
        description = description == null ? "" : description;
        languages = copy(languages);
        examples = copy(examples);
        limits = copy(limits);
        biases = copy(biases);
        intendedUses = copy(intendedUses);
        excludedUses = copy(excludedUses);
    }

    private static List<String> copy(@Nullable List<String> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    /** Of a model of which only the name is known. */
    public static ModelCard named(String name) {
        List<String> nothing = List.of();
        return new ModelCard(name, "", null, nothing, nothing, nothing, nothing, null, nothing, nothing, null, null);
    }

    /**
     * The card in a model's folder. Where there is none: the hub's, if there is a README.md that says something; that
     * of the published models if the folder was pulled from there; else the folder's name and no more.
     *
     * @throws ConfigException if there is no such folder, or its card cannot be read
     */
    public static ModelCard of(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ConfigException(folder + " is no folder of a model");
        }
        String name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
        Path file = folder.resolve(FILE);
        try {
            if (Files.exists(file)) {
                ModelCard card = JSON.readValue(Files.readAllBytes(file), ModelCard.class);
                return card.name.isBlank() ? card.withName(name) : card;
            }
            String source = source(folder.resolve(ORIGIN));
            Optional<ModelCard> ofHub = ofHub(folder.resolve(README), name, source);
            return ofHub.orElseGet(
                    () -> PUBLISHED.matcher(source).matches() ? published().withName(name) : named(name));
        } catch (JsonProcessingException e) {
            throw new ConfigException(file + " is no model card: correct it or take it away ("
                    + e.getClass().getSimpleName() + ")");
        } catch (IOException e) {
            throw new ConfigException("Cannot read " + file + ": " + e);
        }
    }

    /** Where the text model was pulled from; empty if that is not known. */
    private static String source(Path origin) throws IOException {
        if (!Files.isRegularFile(origin)) {
            return "";
        }
        try {
            JsonNode pulled = JSON.readTree(Files.readAllBytes(origin));
            return pulled.path("dalle-bart").path("source").asText();
        } catch (JsonProcessingException e) {
            return ""; // 'models verify' says so
        }
    }

    private static Optional<ModelCard> ofHub(Path readme, String name, String source) throws IOException {
        if (!Files.isRegularFile(readme)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(readme)) {
            return HubCard.read(in.readNBytes(MAX_README_BYTES), name, source.matches("https?://\\S+") ? source : null);
        }
    }

    private static ModelCard published() {
        try (InputStream in = ModelCard.class.getResourceAsStream("published.json")) {
            if (in == null) {
                throw new IllegalStateException("The program is incomplete: it lacks published.json");
            }
            return JSON.readValue(in, ModelCard.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ModelCard withName(String other) {
        return with(other, source);
    }

    ModelCard withSource(@Nullable String other) {
        return with(name, other);
    }

    private ModelCard with(String otherName, @Nullable String otherSource) {
        return new ModelCard(
                otherName,
                description,
                otherSource,
                languages,
                examples,
                limits,
                biases,
                trainingData,
                intendedUses,
                excludedUses,
                licence,
                emissions);
    }
}
