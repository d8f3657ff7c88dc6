package org.dallemini.bench.kernels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.dallemini.bench.common.ProgramFolder;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.text.TextProcessor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Normaliser and tokenizer, with the files of the model that is shipped. */
public class TextKernel extends Kernel {
    /** ascii: nothing to normalise; unicode: quotes, broken UTF-8, an emoji and a hashtag. */
    @Param({"ascii", "unicode"})
    private String prompt = "ascii";

    private String text = "";

    private final TextProcessor processor = open();

    private static TextProcessor open() {
        Path folder = ProgramFolder.program().resolve("models/shapes/dalle-bart");
        try {
            return TextProcessor.open(folder, BartConfig.read(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Setup
    public void prepare() {
        text = prompt.equals("ascii")
                ? "a red circle above a blue square on a white background"
                : "The Eiffel Tower, \u201cla dame de fer\u201d, landing on the moon & 2 caf\u00c3\u00a9s \ud83c\udf05 #goldenhour";
    }

    @Benchmark
    public TextProcessor.Prepared normalizeAndTokenize() {
        return processor.prepare(text);
    }

    @TearDown
    public void close() {
        processor.close();
    }
}
