package org.dallemini.dalle.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFile;
import org.jspecify.annotations.Nullable;

/**
 * The files of a tokenizer in a checkpoint folder, checked against each other and brought together into one
 * {@code tokenizer.json} that is complete.
 *
 * <p>The published tokenizers leave that file's {@code added_tokens} empty and name their special tokens in
 * {@code special_tokens_map.json}; without them {@code <mask>} in a prompt would be six letters. Old checkpoints have
 * {@code vocab.json} and {@code merges.txt} instead.
 */
final class TokenizerFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WHOLE = "tokenizer.json", VOCABULARY = "vocab.json", MERGES = "merges.txt";
    private static final List<String> SPECIAL_TOKENS = List.of("special_tokens_map.json", "tokenizer_config.json");

    /** The roles of special tokens, in the order in which ids are given to those that the vocabulary lacks. */
    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private final Path folder;
    private final int textTokens;

    /** @param textTokens how many ids the model knows */
    TokenizerFiles(Path folder, int textTokens) {
        this.folder = folder;
        this.textTokens = textTokens;
    }

    /**
     * The whole tokenizer as JSON. Its ids are below {@code textTokens}: a special token beyond them, for which the
     * model has no row, is not in it.
     *
     * @throws ModelException if a file is missing or wrong
     */
    ObjectNode assemble() throws IOException {
        boolean whole = isThere(WHOLE);
        ObjectNode apart = isThere(VOCABULARY) ? read(VOCABULARY) : null;
        List<String> merges = isThere(MERGES) ? merges() : null;
        ObjectNode tokenizer = whole ? read(WHOLE) : fromVocabularyAndMerges(apart, merges);
        String file = whole ? WHOLE : VOCABULARY;
        JsonNode model = tokenizer.path("model");
        if (!model.path("type").asText("BPE").equals("BPE")) {
            throw invalid(WHOLE, "has a model of type " + model.path("type") + ", not BPE");
        }
        if (!(model.path("vocab") instanceof ObjectNode vocabulary) || vocabulary.isEmpty()) {
            throw invalid(WHOLE, "has no model.vocab");
        }
        ArrayNode added = tokenizer.path("added_tokens") instanceof ArrayNode given && !given.isEmpty()
                ? addedTokens(given, vocabulary)
                : specialTokens(vocabulary);
        requireIds(file, vocabulary, contents(added));
        requireMerges(whole ? WHOLE : MERGES, model, vocabulary);
        if (whole && apart != null) {
            requireSame(vocabulary, apart);
        }
        added.removeIf(token -> token.path("id").intValue() >= textTokens);
        tokenizer.set("added_tokens", added);
        return tokenizer;
    }

    private boolean isThere(String name) {
        return ModelFile.isThere(folder.resolve(name));
    }

    /** Byte-level BPE as BART has it. */
    private ObjectNode fromVocabularyAndMerges(@Nullable ObjectNode vocabulary, @Nullable List<String> merges) {
        if (vocabulary == null || merges == null) {
            throw new ModelException(
                    folder + " has no " + WHOLE + " (nor " + VOCABULARY + " and " + MERGES + "); " + ModelFile.ADVICE);
        }
        ObjectNode tokenizer = JSON.createObjectNode().put("version", "1.0");
        ObjectNode byteLevel = JSON.createObjectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
        tokenizer.set("pre_tokenizer", byteLevel);
        tokenizer.set("decoder", byteLevel);
        ObjectNode ends = tokenizer.putObject("post_processor").put("type", "RobertaProcessing");
        ends.put("trim_offsets", true).put("add_prefix_space", false);
        ends.putArray("sep").add("</s>").add(id(VOCABULARY, "</s>", vocabulary.path("</s>")));
        ends.putArray("cls").add("<s>").add(id(VOCABULARY, "<s>", vocabulary.path("<s>")));
        ObjectNode model = tokenizer.putObject("model").put("type", "BPE");
        model.set("vocab", vocabulary);
        ArrayNode pairs = model.putArray("merges");
        merges.forEach(pairs::add);
        return tokenizer;
    }

    /** The pairs of merges.txt. */
    private List<String> merges() throws IOException {
        String text;
        try {
            text = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(ModelFile.read(folder.resolve(MERGES))))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ModelException(message(MERGES, "is not UTF-8 text"), e);
        }
        return text.replaceFirst("^\uFEFF", "")
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#version"))
                .toList();
    }

    /**
     * Special tokens of a tokenizer.json that has them. To those that the vocabulary lacks the library gives the ids
     * after it, whatever the file says.
     */
    private ArrayNode addedTokens(ArrayNode given, ObjectNode vocabulary) {
        int next = vocabulary.size();
        for (JsonNode token : given) {
            String content = token.path("content").textValue();
            if (content == null || content.isEmpty()) {
                throw invalid(WHOLE, "has added_tokens without content");
            }
            int id = id(WHOLE, content, token.path("id"));
            JsonNode known = vocabulary.path(content);
            int expected = known.isMissingNode() ? next++ : id(WHOLE, content, known);
            if (id != expected) {
                throw invalid(WHOLE, "gives the added token " + content + " the id " + id + ", which is " + expected);
            }
        }
        return given.deepCopy();
    }

    private ArrayNode specialTokens(ObjectNode vocabulary) throws IOException {
        Map<String, ObjectNode> tokens = new LinkedHashMap<>();
        String file = firstThatExists(SPECIAL_TOKENS);
        JsonNode named = read(file);
        int next = vocabulary.size();
        for (String role : ROLES) {
            ObjectNode token = token(file, role, named.path(role));
            if (token != null && !tokens.containsKey(token.path("content").textValue())) {
                String content = token.path("content").textValue();
                token.put("id", vocabulary.has(content) ? id(WHOLE, content, vocabulary.path(content)) : next++);
                tokens.put(content, token);
            }
        }
        ArrayNode added = JSON.createArrayNode();
        tokens.values().stream()
                .sorted(Comparator.comparingInt(token -> token.path("id").intValue()))
                .forEach(added::add);
        return added;
    }

    /** A special token as tokenizer.json has it; it may be given as its text alone. Null if there is none. */
    private @Nullable ObjectNode token(String file, String role, JsonNode given) {
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        String content =
                given.isTextual() ? given.textValue() : given.path("content").textValue();
        if (content == null || content.isEmpty()) {
            throw invalid(file, "has " + given + " as " + role + ", which is neither a token nor an object with one");
        }
        ObjectNode token = JSON.createObjectNode().put("content", content);
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
            token.put(flag, given.path(flag).asBoolean(false));
        }
        return token.put("special", true);
    }

    private static Set<String> contents(ArrayNode added) {
        return StreamSupport.stream(added.spliterator(), false)
                .map(token -> token.path("content").asText())
                .collect(Collectors.toSet());
    }

    /**
     * Each token has an id of its own, and the model knows it. Special tokens may lie beyond: no text becomes one by
     * merging letters.
     */
    private void requireIds(String file, ObjectNode vocabulary, Set<String> special) {
        Map<Integer, String> tokens = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
            int id = id(file, entry.getKey(), entry.getValue());
            String other = tokens.put(id, entry.getKey());
            if (other != null) {
                throw invalid(file, "gives the id " + id + " to " + other + " and to " + entry.getKey());
            }
            if (id >= textTokens && !special.contains(entry.getKey())) {
                throw new ModelException(folder.resolve(file) + " gives " + entry.getKey() + " the id " + id
                        + ", but the model knows " + textTokens + " (encoder_vocab_size in config.json); the two belong"
                        + " to different models, copy both from the same checkpoint");
            }
        }
    }

    /** Each merge is of two tokens and makes a third. */
    private void requireMerges(String file, JsonNode model, ObjectNode vocabulary) {
        if (!(model.path("merges") instanceof ArrayNode merges)) {
            throw invalid(file, "has no model.merges");
        }
        boolean plain = model.path("continuing_subword_prefix").asText("").isEmpty();
        int line = 0;
        for (JsonNode merge : merges) {
            line++;
            List<String> parts = new ArrayList<>();
            if (merge.isArray()) {
                merge.forEach(part -> parts.add(part.asText()));
            } else {
                parts.addAll(List.of(merge.asText().split(" ", -1)));
            }
            if (parts.size() != 2) {
                throw invalid(file, "has \"" + merge.asText() + "\" as merge " + line + ", which is not two tokens");
            }
            if (plain) {
                parts.add(parts.get(0) + parts.get(1));
            }
            for (String part : parts) {
                if (!vocabulary.has(part)) {
                    throw invalid(file, "needs " + part + " for merge " + line + ", but the vocabulary lacks it");
                }
            }
        }
    }

    /** Of two tokenizers one is of another model, and nothing says which. */
    private void requireSame(ObjectNode vocabulary, ObjectNode apart) {
        for (Map.Entry<String, JsonNode> entry : apart.properties()) {
            JsonNode other = vocabulary.path(entry.getKey());
            if (!other.isMissingNode() && !other.equals(entry.getValue())) {
                throw invalid(
                        VOCABULARY,
                        "gives " + entry.getKey() + " the id " + entry.getValue() + ", " + WHOLE + " " + other
                                + "; they are of different models");
            }
        }
    }

    private String firstThatExists(List<String> names) {
        for (String name : names) {
            if (isThere(name)) {
                return name;
            }
        }
        throw new ModelException(folder + " has neither " + String.join(" nor ", names)
                + ", which name the special tokens; copy them from the published checkpoint");
    }

    private int id(String file, String token, JsonNode id) {
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
            throw invalid(
                    file,
                    id.isMissingNode()
                            ? "gives no id to the token " + token
                            : "gives the token " + token + " the id " + id + ", which is not a whole number from 0");
        }
        return id.intValue();
    }

    private ObjectNode read(String name) throws IOException {
        return ModelFile.json(folder.resolve(name));
    }

    private ModelException invalid(String name, String what) {
        return new ModelException(message(name, what));
    }

    private String message(String name, String what) {
        return folder.resolve(name) + " " + what + "; copy it again from the published checkpoint";
    }
}
