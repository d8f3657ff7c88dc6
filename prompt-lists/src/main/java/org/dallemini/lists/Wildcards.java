package org.dallemini.lists;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lists of values by their names: {@code __colour__} in a text stands for each line of {@code colour.txt} in a folder,
 * {@code __animals/birds__} for those of {@code animals/birds.txt}. Files are in UTF-8; blank lines, and those that
 * begin with {@code #}, are no values, and blanks around a value are none of it. A file is read once. Not thread-safe.
 */
public final class Wildcards {
    /** Letters and digits of any script, with {@code . - / _} between them, but no two underscores. */
    private static final Pattern REFERENCE = Pattern.compile("__([\\p{L}\\p{N}](?:[\\p{L}\\p{N}./-]|_(?!_)){0,255})__");

    private static final long MAX_BYTES = 16 << 20;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Path folder;
    private final Map<String, List<String>> known = new HashMap<>();

    private Wildcards(Path folder) {
        this.folder = folder;
    }

    /** @throws IOException if there is no such folder */
    public static Wildcards in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no folder " + folder);
        }
        return new Wildcards(folder.toRealPath());
    }

    /**
     * A name in a text, and what it stands for.
     *
     * @param end position behind it
     */
    record Reference(List<String> values, int end) {}

    /**
     * What begins at a position of a text; null if that is no wildcard.
     *
     * @throws RefusedLineException if it is one and has no values
     */
    @Nullable
    Reference at(String text, int position) throws RefusedLineException {
        if (!text.startsWith("__", position)) {
            return null;
        }
        Matcher matcher = REFERENCE.matcher(text).region(position, text.length());
        return matcher.lookingAt() ? new Reference(values(matcher.group(1)), matcher.end()) : null;
    }

    private List<String> values(String name) throws RefusedLineException {
        List<String> values = known.get(name);
        if (values == null) {
            values = read(name);
            known.put(name, values);
        }
        return values;
    }

    private List<String> read(String name) throws RefusedLineException {
        Path file;
        try {
            file = folder.resolve(name + ".txt").toRealPath(); // where links lead, too
        } catch (IOException | InvalidPathException e) {
            throw refuse(name, "there is no such file");
        }
        if (!file.startsWith(folder)) {
            throw refuse(name, "that lies outside of the folder");
        }
        List<String> values;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw refuse(name, "it is larger than " + (MAX_BYTES >> 20) + " MiB");
            }
            values = Files.readString(file)
                    .lines()
                    .map(line -> line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line)
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (CharacterCodingException e) {
            throw refuse(name, "it is not in UTF-8");
        } catch (IOException e) {
            throw refuse(name, "it cannot be read");
        }
        if (values.isEmpty()) {
            throw refuse(name, "it has no values: write one a line");
        }
        return values;
    }

    private RefusedLineException refuse(String name, String why) {
        return new RefusedLineException(
                "invalid-expansion",
                "The wildcard __" + name + "__ stands for the lines of " + folder.resolve(name + ".txt") + ", and "
                        + why + "; write \\__ for the characters themselves.");
    }
}
