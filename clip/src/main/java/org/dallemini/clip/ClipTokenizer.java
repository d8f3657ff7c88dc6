package org.dallemini.clip;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dallemini.dalle.model.ModelException;

/** CLIP's tokenizer, run by Hugging Face's own library through DJL from {@code tokenizer.json}. Thread-safe. */
final class ClipTokenizer implements AutoCloseable {
    private static final String FILE = "tokenizer.json";

    private final HuggingFaceTokenizer tokenizer;
    private final Path file;
    private final int vocabulary;

    private ClipTokenizer(HuggingFaceTokenizer tokenizer, Path file, int vocabulary) {
        this.tokenizer = tokenizer;
        this.file = file;
        this.vocabulary = vocabulary;
    }

    /** @throws ModelException if the file is missing or no tokenizer */
    static ClipTokenizer open(Path folder, ClipConfig config) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new ModelException(folder + " has no " + FILE + "; copy it from the published model");
        }
        String longest = Integer.toString(config.textLength());
        Map<String, String> options =
                Map.of("maxLength", longest, "modelMaxLength", longest, "truncation", "true", "padding", "false");
        try {
            return new ClipTokenizer(HuggingFaceTokenizer.newInstance(file, options), file, config.vocabulary());
        } catch (RuntimeException e) { // what the native library throws has no type of its own
            throw new ModelException(
                    file + " is no tokenizer that can be used (" + e.getMessage() + "); copy it again", e);
        }
    }

    /** @return start, the text's ids, end; a longer text is cut before the end */
    long[] encode(String text) {
        long[] ids = tokenizer.encode(text).getIds();
        for (long id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new ModelException(file + " has the token " + id + ", and the model knows " + vocabulary
                        + " only: they do not belong together");
            }
        }
        return ids;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
