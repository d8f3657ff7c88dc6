package org.dallemini.ingest.streams;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/** The ids of the topics that an application has read and written, in a file beside its local state. */
final class TopicIds {
    private final Path file;

    TopicIds(Path file) {
        this.file = file;
    }

    /** By topic; empty if nothing is remembered. */
    Map<String, Uuid> read() {
        Properties ids = new Properties();
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                ids.load(reader);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return ids.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, name -> Uuid.fromString(ids.getProperty(name))));
    }

    void write(TopicSnapshot snapshot) {
        Properties ids = new Properties();
        snapshot.topics()
                .forEach((name, topic) -> ids.setProperty(name, topic.id().toString()));
        Path written = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (Writer writer = Files.newBufferedWriter(written)) {
                ids.store(writer, null);
            }
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
