package org.dallemini.dalle.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.dallemini.dalle.model.ModelException;

/**
 * Byte-level BPE tokenizer of a DALL·E BART checkpoint, run by Hugging Face's own library through DJL; everything it
 * needs lies in the checkpoint's folder. Safe for use by many threads.
 */
public final class PromptTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;
    private final int[] unconditionalIds;

    private PromptTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.unconditionalIds = encode("");
    }

    /**
     * Opens the tokenizer of a checkpoint.
     *
     * @param bartFolder has tokenizer.json (or vocab.json and merges.txt) and special_tokens_map.json or
     *     tokenizer_config.json
     * @param maxTextLength tokens that the model reads, {@code <s>} and {@code </s>} counted; longer texts are cut
     * @param textTokens ids that the model knows
     * @throws ModelException if a file is missing or wrong, or they do not fit each other or the model
     * @throws IOException if one cannot be read
     */
    public static PromptTokenizer open(Path bartFolder, int maxTextLength, int textTokens) throws IOException {
        ObjectNode tokens = new TokenizerFiles(bartFolder, textTokens).assemble();
        byte[] json = new ObjectMapper().writeValueAsBytes(tokens);
        Map<String, String> options = Map.of(
                "maxLength",
                String.valueOf(maxTextLength),
                "modelMaxLength",
                String.valueOf(maxTextLength),
                "truncation",
                "true",
                "padding",
                "false");
        try {
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options);
            try {
                requireEnds(bartFolder, tokenizer, tokens);
                return new PromptTokenizer(tokenizer);
            } catch (RuntimeException e) {
                tokenizer.close();
                throw e;
            }
        } catch (ModelException e) {
            throw e;
        } catch (RuntimeException e) { // what the native library throws has no type of its own
            throw new ModelException(
                    bartFolder + " has no tokenizer that can be used (" + e.getMessage()
                            + "); copy tokenizer.json, vocab.json, merges.txt and special_tokens_map.json again",
                    e);
        }
    }

    /** No text at all is its start and its end, by the ids that the vocabulary has for them. */
    private static void requireEnds(Path bartFolder, HuggingFaceTokenizer tokenizer, ObjectNode tokens) {
        Encoding nothing = tokenizer.encode("");
        long[] ids = nothing.getIds();
        boolean known = ids.length == 2;
        for (int i = 0; known && i < ids.length; i++) {
            String token = nothing.getTokens()[i];
            JsonNode id = tokens.path("model").path("vocab").path(token);
            for (JsonNode added : tokens.path("added_tokens")) {
                id = added.path("content").asText().equals(token) ? added.path("id") : id;
            }
            known = id.isIntegralNumber() && id.longValue() == ids[i];
        }
        if (!known) {
            throw new ModelException(bartFolder + " has a tokenizer that puts " + Arrays.toString(nothing.getTokens())
                    + " with the ids " + Arrays.toString(ids) + " around a text, which are not a start and an end that"
                    + " the model knows; copy tokenizer.json (post_processor) again");
        }
    }

    /**
     * The ids of a text: {@code <s>}, the text's own, {@code </s>}, no padding.
     *
     * @return 2 to {@code maxTextLength} ids
     */
    public int[] encode(String text) {
        return Arrays.stream(tokenizer.encode(text).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /** What the model reads in place of a prompt for the unconditional half of guidance: the ids of no text at all. */
    public int[] unconditionalIds() {
        return unconditionalIds.clone();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
