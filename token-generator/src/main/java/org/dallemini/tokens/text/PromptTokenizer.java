package org.dallemini.tokens.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.dallemini.model.ModelException;

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
     * @throws ModelException if a file is missing or wrong
     * @throws IOException if one cannot be read
     */
    public static PromptTokenizer open(Path bartFolder, int maxTextLength) throws IOException {
        byte[] json = new TokenizerFiles(bartFolder).assemble();
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
            return new PromptTokenizer(HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options));
        } catch (RuntimeException e) { // what the native library throws has no type of its own
            throw new ModelException(
                    bartFolder + " has no tokenizer that can be used (" + e.getMessage()
                            + "); copy tokenizer.json, vocab.json, merges.txt and special_tokens_map.json again",
                    e);
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
