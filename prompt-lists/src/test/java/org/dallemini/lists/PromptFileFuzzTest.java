package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dallemini.events.PromptRequest;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Whatever the file: prompts, lines that are refused in our own words, or one sentence on the whole of it. */
class PromptFileFuzzTest {
    static {
        TrustedEvents.allow(); // before the first record is built
    }

    private static final PromptDefaults DEFAULTS =
            new PromptDefaults(PromptRequest.newBuilder().setText("").build());
    private static final PromptMatrix MATRIX = new PromptMatrix(true, Seeds.NONE, 100, null, false);
    private static Path file;

    @BeforeAll
    static void begin() throws IOException {
        file = Files.createTempFile("dallemini-", ".fuzz");
    }

    @AfterAll
    static void end() throws IOException {
        Files.delete(file);
    }

    /** @param input a byte that chooses the format, then the file */
    @FuzzTest
    void shouldReadAListOrSayWhyNot(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        PromptFormat[] formats = PromptFormat.values();
        PromptFormat format = formats[(input[0] & 255) % formats.length];
        Files.write(file, Arrays.copyOfRange(input, 1, input.length));

        List<String> first = read(format);

        assertThat(read(format)).isEqualTo(first); // as submit does
    }

    private static List<String> read(PromptFormat format) {
        var said = new ArrayList<String>();
        int number = 0;
        try (PromptReader reader = PromptFile.of(file, format).open()) {
            for (PromptLine line = reader.next(); line != null; line = reader.next()) {
                assertThat(line.number()).isGreaterThan(number);
                number = line.number();
                said.add(gist(line));
            }
        } catch (IOException e) {
            assertThat(e).hasMessageStartingWith(file + " cannot be read as a list of prompts: ");
            said.add(inOurWords(String.valueOf(e.getMessage())));
        }
        return said;
    }

    private static String gist(PromptLine line) {
        if (line instanceof PromptLine.Bad bad) {
            assertThat(bad.code()).matches("[a-z-]+");
            return bad.code() + inOurWords(bad.message());
        }
        if (!(line instanceof PromptLine.Prompt prompt)) {
            return "blank";
        }
        try {
            return MATRIX.of(DEFAULTS.request(prompt)).toString();
        } catch (RefusedLineException e) {
            return e.code() + inOurWords(e.reason());
        }
    }

    private static String inOurWords(String message) {
        assertThat(message).isNotBlank().doesNotContain("ReadFeature", "StreamRead", "REDACTED", "java.");
        return message;
    }
}
