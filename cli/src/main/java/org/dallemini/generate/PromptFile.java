package org.dallemini.generate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A text file with one prompt a line, in UTF-8. */
public final class PromptFile {
    private PromptFile() {}

    /**
     * One line of the file.
     *
     * @param number from 1
     * @param text without the line's end, otherwise as it stands in the file
     */
    public record Line(int number, String text) {
        public boolean isBlank() {
            return text.isBlank();
        }
    }

    /** All lines, the blank ones too; {@code -} is standard input. */
    public static List<Line> read(Path file) throws IOException {
        try (InputStream in = file.toString().equals("-") ? System.in : Files.newInputStream(file)) {
            return read(in);
        }
    }

    static List<Line> read(InputStream in) throws IOException {
        var lines = new ArrayList<Line>();
        var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            String text = lines.isEmpty() && line.startsWith("\uFEFF") ? line.substring(1) : line;
            lines.add(new Line(lines.size() + 1, text));
        }
        return lines;
    }
}
