package org.dallemini.ingest.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.stage.config.OwnerOnlyFile;

/**
 * The file of {@code api.keys.file}: a line for each key, with its name, its roles separated by commas, the key's
 * SHA-256, and, if it has one of its own, its mode of the prompt filter ({@code filter.prompt=flag}); empty lines and
 * lines that begin with {@code #} say nothing.
 */
public final class KeysFile {
    private static final String HEADER =
            "# Who may use the HTTP API: name, roles, SHA-256 of the key, filter.prompt if it has its own. See 'dallemini keys'.\n";

    private KeysFile() {}

    /**
     * @throws IOException if it cannot be read
     * @throws ConfigException if a line is none; the line itself is not shown, since somebody may have put a key there
     */
    public static List<ApiKey> read(Path file) throws IOException {
        List<ApiKey> keys = new ArrayList<>();
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).trim();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int number = i + 1;
            keys.add(ApiKey.parse(line)
                    .orElseThrow(() -> new ConfigException("Line " + number + " of " + file
                            + " is no key: write a name, roles (read, submit, admin), a SHA-256 in hexadecimal and, if"
                            + " the key has its own, filter.prompt=refuse, flag or off; or let 'dallemini keys create'"
                            + " write it.")));
        }
        return keys;
    }

    /** As {@link #read}; none if there is no file. */
    public static List<ApiKey> readIfThere(Path file) throws IOException {
        try {
            return read(file);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Writes it anew, readable by its owner only; a process that reads it meanwhile sees old or new. */
    public static void write(Path file, List<ApiKey> keys) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        OwnerOnlyFile.write(
                file, HEADER + keys.stream().map(key -> key.line() + "\n").collect(Collectors.joining()));
    }
}
