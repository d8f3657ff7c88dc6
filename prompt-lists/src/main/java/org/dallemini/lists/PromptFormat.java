package org.dallemini.lists;

import java.nio.file.Path;
import java.util.Locale;

/** How a file lists prompts. */
public enum PromptFormat {
    /** A prompt a line. */
    TXT,
    /** A header with the names of the fields, then a prompt a row (RFC 4180); semicolons or tabs separate cells too. */
    CSV,
    /** A JSON object a line. */
    JSONL;

    /** By the name's ending, {@code .gz} aside; text if it says nothing else. */
    static PromptFormat of(Path file) {
        String name = plainName(file).toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv") || name.endsWith(".tsv") || name.endsWith(".tab")) {
            return CSV;
        }
        return name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json") ? JSONL : TXT;
    }

    /** The file's name without {@code .gz}. */
    static String plainName(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("(?i)\\.gz$", "");
    }
}
