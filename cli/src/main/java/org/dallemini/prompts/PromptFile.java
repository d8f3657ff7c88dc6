package org.dallemini.prompts;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file that lists prompts, in UTF-8, with or without a byte order mark; compressed by gzip or not, whatever its name.
 *
 * @param path of the file
 * @param name what people call it
 * @param format how it lists them
 */
public record PromptFile(Path path, String name, PromptFormat format) {
    private static final Path STANDARD_INPUT = Path.of("-");
    private static final int BUFFER = 1 << 16;
    private static final int LOOKED_AT = 4096;

    /**
     * Looks at a file.
     *
     * @param path of the file; {@code -} for standard input, which like a pipe is read to its end and kept in a
     *     temporary file
     * @param format null for what its name and its beginning say
     * @throws IOException if it cannot be read, or does not look like what its name says
     */
    public static PromptFile of(Path path, @Nullable PromptFormat format) throws IOException {
        PromptFormat meant = format == null ? PromptFormat.of(path) : format;
        var file = new PromptFile(
                rereadable(path), path.equals(STANDARD_INPUT) ? "standard input" : path.toString(), meant);
        if (format == null && meant == PromptFormat.TXT && file.beginsWithJson()) {
            throw new IOException(file.name
                    + " begins with a JSON object: say --format jsonl, or --format txt if that is" + " what to draw");
        }
        return file;
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

    private boolean beginsWithJson() throws IOException {
        try (InputStream in = bytes()) {
            in.mark(LOOKED_AT);
            return in.read() == '{' && isJson(in);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Of {@code {"} the brace has been read. Alternatives in braces begin with a word. */
    private static boolean isJson(InputStream in) throws IOException {
        int next = in.read();
        for (int i = 0; i < LOOKED_AT / 2 && (next == ' ' || next == '\t'); i++) {
            next = in.read();
        }
        return next == '"';
    }

    /** The file's name without its endings. */
    public String stem() {
        return path.toString().equals(name)
                ? PromptFormat.plainName(path).replaceFirst("(?i)\\.(txt|csv|jsonl|ndjson|json)$", "")
                : "prompts";
    }

    /** From its beginning; whatever goes wrong names the file. */
    public PromptReader open() throws IOException {
        InputStream in = null;
        try {
            in = bytes();
            PromptReader reader =
                    switch (format) {
                        case TXT -> new TextReader(new LineReader(in));
                        case CSV -> new CsvReader(in);
                        case JSONL -> new JsonLinesReader(new LineReader(in));
                    };
            return new Named(this, reader);
        } catch (IOException e) {
            if (in != null) {
                in.close();
            }
            throw unreadable(e);
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

    private IOException unreadable(IOException why) {
        String problem = why instanceof NoSuchFileException ? "there is no such file" : why.getMessage();
        return new IOException(name + " cannot be read as a list of prompts: " + problem, why);
    }

    private record Named(PromptFile file, PromptReader reader) implements PromptReader {
        @Override
        public @Nullable PromptLine next() throws IOException {
            try {
                return reader.next();
            } catch (IOException e) {
                throw file.unreadable(e);
            }
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
