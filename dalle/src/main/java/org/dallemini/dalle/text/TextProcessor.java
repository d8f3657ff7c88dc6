package org.dallemini.dalle.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.IOException;
import java.nio.file.Path;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;
import org.jspecify.annotations.Nullable;

/** Turns prompts into what the text encoder of one model reads. Safe for use by many threads. */
public final class TextProcessor implements AutoCloseable {
    private final @Nullable TextNormalizer normalizer;
    private final PromptTokenizer tokenizer;

    private TextProcessor(@Nullable TextNormalizer normalizer, PromptTokenizer tokenizer) {
        this.normalizer = normalizer;
        this.tokenizer = tokenizer;
    }

    /**
     * A prompt, ready for the model.
     *
     * @param normalizedText what was tokenized: the prompt's normal form, or the prompt itself where the model wants no
     *     normaliser
     * @param ids token ids with {@code <s>} and {@code </s>}, without padding, at most the model's text length
     */
    @SuppressWarnings("ArrayRecordComponent") // plain data on its way into a tensor, never compared
    public record Prepared(String normalizedText, int[] ids) {}

    /**
     * Opens what the model's configuration asks for. With {@code normalize_text} the folder must hold the word list:
     * the original downloads it when it starts, here nothing is ever downloaded.
     *
     * @throws ModelException if a file is missing or wrong, or does not fit the others
     * @throws IOException if one cannot be read
     */
    public static TextProcessor open(Path bartFolder, BartConfig config) throws IOException {
        TextNormalizer normalizer =
                config.normalizeText() ? TextNormalizer.open(bartFolder.resolve(CheckpointFiles.WORD_LIST)) : null;
        return new TextProcessor(
                normalizer, PromptTokenizer.open(bartFolder, config.maxTextLength(), config.encoderVocabSize()));
    }

    /** Loads the tokenizers' native library, which the first one would do. */
    public static void loadLibrary() {
        LibUtils.checkStatus();
    }

    /** The text that the model reads for this prompt, and its ids. */
    public Prepared prepare(String prompt) {
        String text = normalizer == null ? prompt : normalizer.normalize(prompt);
        return new Prepared(text, tokenizer.encode(text));
    }

    /** Ids for the unconditional half of guidance; not those of the normalised empty prompt, which is a space. */
    public int[] unconditionalIds() {
        return tokenizer.unconditionalIds();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
