package org.dallemini.dalle.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.dallemini.dalle.config.BartConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Whatever the text: ids that the model knows, no more than it reads, soon. */
class TextFuzzTest {
    /** Generous: a garbage collection, a busy machine and Jazzer's own work are in it. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static BartConfig config;
    private static TextProcessor processor;

    @BeforeAll
    static void open() throws IOException {
        Path bart = Path.of(System.getProperty("dallemini.root"), "models", "shapes", "dalle-bart");
        config = BartConfig.read(bart);
        processor = TextProcessor.open(bart, config);
    }

    @AfterAll
    static void close() {
        processor.close();
    }

    /**
     * The first byte tells what the others are: UTF-8 if it is even, else UTF-16, which can have surrogates without a
     * partner.
     */
    @FuzzTest
    void shouldPrepareAnyText(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        String text = input[0] % 2 == 0 ? new String(bytes, StandardCharsets.UTF_8) : utf16(bytes);

        long start = System.nanoTime();
        TextProcessor.Prepared prepared = processor.prepare(text);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        assertThat(prepared.ids()).hasSizeBetween(2, config.maxTextLength());
        assertThat(prepared.ids()[0]).isZero();
        assertThat(prepared.ids()[prepared.ids().length - 1]).isEqualTo(2);
        assertThat(Arrays.stream(prepared.ids())).allMatch(id -> id >= 0 && id < config.encoderVocabSize());
        // What is ready for the model is ASCII with one space in front, and stays as it is.
        assertThat(prepared.normalizedText()).matches("(?s) [\\x00-\\x7f]*");
    }

    /** As the bytes are; a decoder would replace what makes no character. */
    private static String utf16(byte[] bytes) {
        char[] chars = new char[bytes.length / 2];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) (bytes[2 * i] << 8 | bytes[2 * i + 1] & 0xff);
        }
        return new String(chars);
    }
}
