package org.dallemini.dalle.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tab-separated tables that ship beside these classes; lines that begin with {@code #} are comments. */
final class Table {
    private Table() {}

    static List<String[]> rows(String resource) {
        try (InputStream in = Table.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the jar: build it again");
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            return reader.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text that {@code "1F1F3 1F1FF"} stands for. */
    static String text(String hexCodePoints) {
        StringBuilder text = new StringBuilder();
        for (String hex : hexCodePoints.split(" ", -1)) {
            text.appendCodePoint(Integer.parseInt(hex, 16));
        }
        return text.toString();
    }
}
