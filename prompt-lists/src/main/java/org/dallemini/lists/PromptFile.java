package org.dallemini.lists;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A file that lists prompts, in UTF-8, with or without a byte order mark; compressed by gzip or not, whatever its name.
 *
 * @param path of the file
 * @param name what people call it
 * @param format how it lists them
 * @param isLiteral whether texts with flags are taken as they stand
 */
public record PromptFile(Path path, String name, PromptFormat format, boolean isLiteral) {
    private static final Path STANDARD_INPUT = Path.of("-");
    private static final int BUFFER = 1 << 16;

    /** So many lines tell of what shape a file is. */
    private static final int TELLING = 3;

    /**
     * Looks at a file, its first bytes too.
     *
     * @param path of the file; {@code -} for standard input, which like a pipe is read to its end and kept in a
     *     temporary file
     * @param format null for what its name says
     * @param isLiteral whether texts with flags are taken as they stand
     * @throws IOException if it cannot be read, is no text in UTF-8, or does not look like its format
     */
    public static PromptFile of(Path path, @Nullable PromptFormat format, boolean isLiteral) throws IOException {
        String name = path.equals(STANDARD_INPUT) ? "standard input" : path.toString();
        PromptFormat meant = format == null ? PromptFormat.of(path) : format;
        var file = new PromptFile(rereadable(path), name, meant, isLiteral);
        String offence = file.offence(format != null);
        if (offence != null) {
            throw unreadable(name, new IOException(offence));
        }
        return file;
    }

    /** As above, where texts with flags are understood. */
    public static PromptFile of(Path path, @Nullable PromptFormat format) throws IOException {
        return of(path, format, false);
    }

    /** Pipes can be read once only, so their content is kept. */
    private static Path rereadable(Path path) throws IOException {
        boolean isStandardInput = path.equals(STANDARD_INPUT);
        if (!isStandardInput && (!Files.exists(path) || Files.isRegularFile(path) || Files.isDirectory(path))) {
            return path;
        }
        Path copy = Files.createTempFile("dallemini-", ".prompts");
        copy.toFile().deleteOnExit();
        try (InputStream in = isStandardInput ? System.in : Files.newInputStream(path)) {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        }
        return copy;
    }

    private @Nullable String offence(boolean isFormatGiven) throws IOException {
        byte[] head;
        try (InputStream in = bytes()) {
            head = in.readNBytes(ForeignFile.LENGTH);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
        String foreign = ForeignFile.offence(head);
        return foreign == null ? ListShape.offence(firstLines(head), format, isFormatGiven) : foreign;
    }

    private static List<String> firstLines(byte[] head) {
        return new String(head, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .limit(TELLING)
                .toList();
    }

    /** The file's name without its endings. */
    public String stem() {
        return path.toString().equals(name)
                ? PromptFormat.plainName(path).replaceFirst("(?i)\\.(txt|csv|tsv|tab|jsonl|ndjson|json)$", "")
                : "prompts";
    }

    /** From its beginning; whatever goes wrong names the file. */
    public PromptReader open() throws IOException {
        InputStream in = null;
        try {
            in = bytes();
            var lines = new LineReader(in);
            PromptReader reader =
                    switch (format) {
                        case TXT -> new TextReader(lines, isLiteral);
                        case CSV -> new CsvReader(lines);
                        case JSONL -> new JsonLinesReader(lines);
                    };
            return new Named(name, reader);
        } catch (IOException e) {
            if (in != null) {
                in.close();
            }
            throw unreadable(name, e);
        }
    }

    private InputStream bytes() throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER);
        try {
            return plain(in);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** Uncompressed, and behind the byte order mark. */
    private static InputStream plain(InputStream in) throws IOException {
        in.mark(2);
        boolean isCompressed = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        InputStream plain = isCompressed ? new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER) : in;
        plain.mark(3);
        boolean hasMark = plain.read() == 0xef && plain.read() == 0xbb && plain.read() == 0xbf;
        if (!hasMark) {
            plain.reset();
        }
        return plain;
    }

    private static IOException unreadable(String name, IOException why) {
        return new IOException(name + " cannot be read as a list of prompts: " + reason(why), why);
    }

    private static @Nullable String reason(IOException why) {
        if (why instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (why instanceof AccessDeniedException) {
            return "you may not read it";
        }
        return why instanceof ZipException || why instanceof EOFException
                ? "its gzip compression breaks off or is damaged: copy it again"
                : why.getMessage();
    }

    private record Named(String name, PromptReader reader) implements PromptReader {
        @Override
        public @Nullable PromptLine next() throws IOException {
            try {
                return reader.next();
            } catch (IOException e) {
                throw unreadable(name, e);
            }
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
