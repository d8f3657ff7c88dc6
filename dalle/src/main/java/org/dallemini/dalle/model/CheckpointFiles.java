package org.dallemini.dalle.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The files of one checkpoint folder, by the names that Hugging Face's Flax code gives them. */
public final class CheckpointFiles {
    public static final String CONFIG = "config.json";
    public static final String WEIGHTS = "flax_model.msgpack";
    public static final String INDEX = WEIGHTS + ".index.json";
    /** Weights as {@code FlaxPreTrainedModel.save_pretrained(safe_serialization=True)} writes them. */
    public static final String SAFETENSORS = "model.safetensors";

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

    /**
     * Checks that a checkpoint has configuration and weights, and that each of its files is, by its first bytes, what
     * its name says.
     *
     * @throws ModelException naming the first file that is not
     */
    public static void require(Path folder) throws IOException {
        List<String> problems = problems(folder);
        if (!problems.isEmpty()) {
            throw new ModelException(problems.get(0));
        }
    }

    /** What {@link #require} finds, all of it; empty if there is nothing. */
    public static List<String> problems(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of(folder + (ModelFile.isThere(folder) ? " is not a folder" : " is missing")
                    + "; a model folder contains dalle-bart/ and vqgan/");
        }
        SortedSet<String> names = new TreeSet<>(TOKENIZER);
        names.add(GENERATION_CONFIG);
        names.removeIf(name -> !ModelFile.isThere(folder.resolve(name)));
        names.add(CONFIG);
        List<String> problems = new ArrayList<>();
        for (String name : names) {
            collect(problems, () -> ModelFile.require(folder.resolve(name)));
        }
        collect(problems, () -> ModelFile.require(whole(folder)));
        return problems;
    }

    private interface Check {
        void run() throws IOException;
    }

    private static void collect(List<String> problems, Check check) throws IOException {
        try {
            check.run();
        } catch (ModelException e) {
            problems.add(Objects.toString(e.getMessage()));
        }
    }

    /** The file of weights, or the index of its shards: in the order in which the original looks for them. */
    private static String weights(Path folder) {
        for (String name : List.of(WEIGHTS, INDEX, SAFETENSORS)) {
            if (ModelFile.isThere(folder.resolve(name))) {
                return name;
            }
        }
        throw new ModelException(folder + " has neither " + WEIGHTS + " nor " + INDEX + " nor " + SAFETENSORS
                + "; copy the weights of the published Flax checkpoint there"
                + (ModelFile.isThere(folder.resolve(SAFETENSORS + ".index.json"))
                        ? " (safetensors in shards are not read: the original neither writes nor reads them for Flax)"
                        : ""));
    }

    static void requireTokenizer(Path folder) {
        boolean whole = ModelFile.isThere(folder.resolve("tokenizer.json"));
        boolean apart =
                ModelFile.isThere(folder.resolve("vocab.json")) && ModelFile.isThere(folder.resolve("merges.txt"));
        if (!whole && !apart) {
            throw new ModelException(folder + " has no tokenizer.json (nor vocab.json and merges.txt);"
                    + " copy it from the published checkpoint");
        }
    }

    /**
     * For every parameter path the file it lies in, as the index of a checkpoint in shards says; empty if the weights
     * are one file, {@link #whole}.
     *
     * @throws ModelException if there are no weights, or the index is not what it should be or names a file outside the
     *     folder
     */
    public static SortedMap<String, String> shards(Path folder) throws IOException {
        if (!weights(folder).equals(INDEX)) {
            return new TreeMap<>();
        }
        Path file = folder.resolve(INDEX);
        return shards(ModelFile.read(file), file.toString());
    }

    /**
     * The file that has all weights: as in the original a flax_model.msgpack goes before an index, and both before a
     * model.safetensors.
     *
     * @throws ModelException if there is none
     */
    public static Path whole(Path folder) {
        return folder.resolve(weights(folder));
    }

    /**
     * As {@link #shards(Path)}, of an index that is at hand.
     *
     * @param file where it comes from, for messages
     */
    public static SortedMap<String, String> shards(byte[] json, String file) throws IOException {
        SortedMap<String, String> shards = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry :
                ModelFile.json(json, file).path("weight_map").properties()) {
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
    public static List<Path> deciding(Path folder) throws IOException {
        require(folder);
        SortedSet<String> names = new TreeSet<>(shards(folder).values());
        names.add(weights(folder));
        names.add(CONFIG);
        for (String name : TOKENIZER) {
            if (Files.isRegularFile(folder.resolve(name))) {
                names.add(name);
            }
        }
        return names.stream().map(folder::resolve).toList();
    }
}
