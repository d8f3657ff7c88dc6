package org.dallemini.stack;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.dallemini.stage.config.OwnerOnlyFile;

/**
 * How to reach the stack that runs on a data directory: a properties file that any stage or client takes with
 * {@code --config}. It exists while the stack is up, and holds the object store's password, so only its owner may read
 * it.
 */
public final class StackFile {
    private static final String NAME = "stack.properties";

    private StackFile() {}

    public static Path of(Path dataDir) {
        return dataDir.resolve(NAME);
    }

    static void write(Path dataDir, Map<String, String> settings) throws IOException {
        var properties = new Properties();
        properties.putAll(settings);
        var text = new StringWriter();
        properties.store(
                text,
                "The stack that runs on this directory, for --config of another stage or client; gone when it stops.");
        OwnerOnlyFile.write(of(dataDir), text.toString());
    }

    /** The settings of the running stack; empty while there is none or it is still starting. */
    public static Optional<Map<String, String>> read(Path dataDir) throws IOException {
        Path file = of(dataDir);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        var settings = new TreeMap<String, String>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return Optional.of(settings);
    }

    static void delete(Path dataDir) throws IOException {
        Files.deleteIfExists(of(dataDir));
    }
}
