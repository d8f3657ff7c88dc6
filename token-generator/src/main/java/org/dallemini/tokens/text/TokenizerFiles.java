package org.dallemini.tokens.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dallemini.model.ModelException;
import org.jspecify.annotations.Nullable;

/**
 * The files of a tokenizer in a checkpoint folder, brought together into one {@code tokenizer.json} that is complete.
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

    TokenizerFiles(Path folder) {
        this.folder = folder;
    }

    /** The whole tokenizer as JSON. */
    byte[] assemble() throws IOException {
        ObjectNode tokenizer = Files.isRegularFile(folder.resolve(WHOLE)) ? read(WHOLE) : fromVocabularyAndMerges();
        if (!(tokenizer.path("model").path("vocab") instanceof ObjectNode vocabulary)) {
            throw invalid(WHOLE, "has no model.vocab");
        }
        if (tokenizer.path("added_tokens").isEmpty()) {
            tokenizer.set("added_tokens", specialTokens(vocabulary));
        }
        return JSON.writeValueAsBytes(tokenizer);
    }

    /** Byte-level BPE as BART has it. */
    private ObjectNode fromVocabularyAndMerges() throws IOException {
        if (!Files.isRegularFile(folder.resolve(VOCABULARY)) || !Files.isRegularFile(folder.resolve(MERGES))) {
            throw new ModelException(folder + " has no " + WHOLE + " (nor " + VOCABULARY + " and " + MERGES
                    + "); copy it from the published checkpoint");
        }
        ObjectNode vocabulary = read(VOCABULARY);
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
        ends.putArray("sep").add("</s>").add(id(vocabulary, "</s>"));
        ends.putArray("cls").add("<s>").add(id(vocabulary, "<s>"));
        ObjectNode model = tokenizer.putObject("model").put("type", "BPE");
        model.set("vocab", vocabulary);
        ArrayNode merges = model.putArray("merges");
        try {
            Files.readAllLines(folder.resolve(MERGES)).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#version"))
                    .forEach(merges::add);
        } catch (CharacterCodingException e) {
            throw invalid(MERGES, "is not UTF-8 text", e);
        }
        return tokenizer;
    }

    private ArrayNode specialTokens(ObjectNode vocabulary) throws IOException {
        Map<String, ObjectNode> tokens = new LinkedHashMap<>();
        JsonNode named = firstThatExists(SPECIAL_TOKENS);
        int next = vocabulary.size();
        for (String role : ROLES) {
            ObjectNode token = token(named.path(role));
            if (token != null && !tokens.containsKey(token.path("content").textValue())) {
                String content = token.path("content").textValue();
                token.put("id", vocabulary.has(content) ? id(vocabulary, content) : next++);
                tokens.put(content, token);
            }
        }
        ArrayNode added = JSON.createArrayNode();
        tokens.values().stream()
                .sorted(Comparator.comparingInt(token -> token.path("id").intValue()))
                .forEach(added::add);
        return added;
    }

    /** A special token as tokenizer.json has it; it may be given as its text alone. */
    private static @Nullable ObjectNode token(JsonNode given) {
        String content =
                given.isTextual() ? given.textValue() : given.path("content").textValue();
        if (content == null || content.isEmpty()) {
            return null;
        }
        ObjectNode token = JSON.createObjectNode().put("content", content);
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
            token.put(flag, given.path(flag).asBoolean(false));
        }
        return token.put("special", true);
    }

    private JsonNode firstThatExists(List<String> names) throws IOException {
        for (String name : names) {
            if (Files.isRegularFile(folder.resolve(name))) {
                return read(name);
            }
        }
        throw new ModelException(folder + " has neither " + String.join(" nor ", names)
                + ", which name the special tokens; copy them from the published checkpoint");
    }

    private int id(ObjectNode vocabulary, String token) {
        JsonNode id = vocabulary.path(token);
        if (!id.canConvertToInt() || id.intValue() < 0) {
            throw invalid(WHOLE + " or " + VOCABULARY, "gives no id to the token " + token);
        }
        return id.intValue();
    }

    private ObjectNode read(String name) throws IOException {
        try {
            if (JSON.readTree(folder.resolve(name).toFile()) instanceof ObjectNode object) {
                return object;
            }
            throw invalid(name, "is not a JSON object");
        } catch (JsonProcessingException e) {
            throw invalid(name, "is not JSON: " + e.getOriginalMessage(), e);
        } catch (CharacterCodingException e) {
            throw invalid(name, "is not UTF-8 text", e);
        }
    }

    private ModelException invalid(String name, String what) {
        return new ModelException(message(name, what));
    }

    private ModelException invalid(String name, String what, Exception cause) {
        return new ModelException(message(name, what), cause);
    }

    private String message(String name, String what) {
        return folder.resolve(name) + " " + what + "; copy it again from the published checkpoint";
    }
}
