package org.dallemini.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The files of one checkpoint folder, by the names that Hugging Face's Flax code gives them. */
public final class CheckpointFiles {
    public static final String CONFIG = "config.json";
    public static final String WEIGHTS = "flax_model.msgpack";
    public static final String INDEX = WEIGHTS + ".index.json";
    public static final String GENERATION_CONFIG = "generation_config.json";

    /** Splits hashtags into words. */
    public static final String WORD_LIST = "enwiki-words-frequency.txt";

    /** What turns a prompt into token ids. */
    public static final List<String> TOKENIZER = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "vocab.json",
            "merges.txt",
            WORD_LIST);

    private CheckpointFiles() {}

    static void require(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ModelException(folder + " is missing; a model folder contains dalle-bart/ and vqgan/");
        }
        if (!Files.isRegularFile(folder.resolve(CONFIG))) {
            throw new ModelException(folder.resolve(CONFIG) + " is missing; copy it from the published checkpoint");
        }
        if (!Files.isRegularFile(folder.resolve(WEIGHTS)) && !Files.isRegularFile(folder.resolve(INDEX))) {
            throw new ModelException(folder + " has neither " + WEIGHTS + " nor " + INDEX
                    + "; copy the weights of the published Flax checkpoint there");
        }
    }

    static void requireTokenizer(Path folder) {
        boolean whole = Files.isRegularFile(folder.resolve("tokenizer.json"));
        boolean apart =
                Files.isRegularFile(folder.resolve("vocab.json")) && Files.isRegularFile(folder.resolve("merges.txt"));
        if (!whole && !apart) {
            throw new ModelException(folder + " has no tokenizer.json (nor vocab.json and merges.txt);"
                    + " copy it from the published checkpoint");
        }
    }

    /**
     * For every parameter path the file it lies in, as the index of a checkpoint in shards says; empty if the weights
     * are one file.
     *
     * @throws ModelException if the index is not what it should be or names a file outside the folder
     */
    public static SortedMap<String, String> shards(Path folder) throws IOException {
        if (Files.isRegularFile(folder.resolve(WEIGHTS))) {
            return new TreeMap<>(); // as the original: one whole file goes before an index
        }
        Path file = folder.resolve(INDEX);
        return shards(Files.readAllBytes(file), file.toString());
    }

    /**
     * As {@link #shards(Path)}, of an index that is at hand.
     *
     * @param file where it comes from, for messages
     */
    public static SortedMap<String, String> shards(byte[] json, String file) throws IOException {
        SortedMap<String, String> shards = new TreeMap<>();
        JsonNode index;
        try {
            index = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new ModelException(file + " is not JSON: " + e.getOriginalMessage() + "; copy it again", e);
        }
        for (Map.Entry<String, JsonNode> entry : index.path("weight_map").properties()) {
            String name = entry.getValue().asText();
            if (!name.matches("[\\w.-]+") || name.startsWith(".")) {
                throw new ModelException(file + ": " + entry.getKey() + " lies in \"" + name
                        + "\", which is not the name of a file in this folder; copy the index again");
            }
            shards.put(entry.getKey(), name);
        }
        if (shards.isEmpty()) {
            throw new ModelException(file + " has no weight_map; copy it again");
        }
        return shards;
    }

    /** Copies the tokenizer files that are there. */
    public static void copyTokenizer(Path from, Path to) throws IOException {
        for (String name : TOKENIZER) {
            if (Files.isRegularFile(from.resolve(name))) {
                Files.copy(from.resolve(name), to.resolve(name));
            }
        }
    }

    /** The files that decide what is drawn: configuration, weights and tokenizer. Sampling defaults do not count. */
    static List<Path> deciding(Path folder) throws IOException {
        require(folder);
        SortedSet<String> names = new TreeSet<>(shards(folder).values());
        names.add(names.isEmpty() ? WEIGHTS : INDEX);
        names.add(CONFIG);
        for (String name : TOKENIZER) {
            if (Files.isRegularFile(folder.resolve(name))) {
                names.add(name);
            }
        }
        return names.stream().map(folder::resolve).toList();
    }
}
