package org.dallemini.models.pull;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dallemini.dalle.cache.Disk;

/**
 * The folder in which a model is put together. It outlives an interrupted pull, and says of which version of each file
 * its pieces are; those of other versions are thrown away.
 */
final class Staging {
    private static final String VERSIONS = "versions.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    private Staging(Path folder) {
        this.folder = folder;
    }

    static Staging open(Path folder, List<Planned> plan) throws IOException {
        Map<String, String> known = versions(folder.resolve(VERSIONS));
        Map<String, String> wanted = new TreeMap<>();
        plan.forEach(planned -> wanted.put(planned.path(), planned.file().identity()));
        Files.createDirectories(folder);
        for (Path file : files(folder)) {
            String path = Fetcher.finished(name(folder, file));
            String version = wanted.getOrDefault(path, "");
            if (version.isEmpty() || !version.equals(known.get(path))) {
                Files.delete(file);
            }
        }
        Files.write(folder.resolve(VERSIONS), JSON.writeValueAsBytes(wanted));
        return new Staging(folder);
    }

    private static Map<String, String> versions(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            return JSON.readValue(file.toFile(), new TypeReference<Map<String, String>>() {});
        } catch (JacksonException e) {
            return Map.of(); // half written: nothing that lies here can be trusted
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(file -> !Files.isDirectory(file)).toList();
        }
    }

    private static String name(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    Path folder() {
        return folder;
    }

    /** Where a file of the plan goes; its folder is there. */
    Path place(Planned planned) throws IOException {
        Path file = folder.resolve(planned.path()).normalize();
        if (!file.startsWith(folder)) {
            throw new IllegalArgumentException(planned.path() + " leads out of the model's folder");
        }
        Files.createDirectories(file.resolveSibling(""));
        return file;
    }

    long present() throws IOException {
        long bytes = 0;
        for (Path file : files(folder)) {
            bytes += file.endsWith(VERSIONS) ? 0 : Files.size(file);
        }
        return bytes;
    }

    /**
     * Puts the finished folder where the model belongs. What is there goes to {@code old} first and is deleted last, so
     * at every moment one of the two is whole on the disk.
     */
    void publish(Path model, Path old) throws IOException {
        Files.delete(folder.resolve(VERSIONS));
        Disk.sync(folder);
        boolean replace = Files.exists(model);
        if (replace) {
            Disk.delete(old);
            Files.move(model, old, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(folder, model, StandardCopyOption.ATOMIC_MOVE);
        Disk.sync(model.resolveSibling(""));
        if (replace) {
            Disk.delete(old);
        }
    }
}
