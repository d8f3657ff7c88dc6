package org.dallemini.training.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dallemini.dalle.cache.Disk;

/**
 * The folder of one training:
 *
 * <pre>
 * settings.json        what was asked for; a run goes on with the same
 * metrics.jsonl        losses, a line every so many updates
 * loss.svg             the same as a curve
 * samples/0001000.png  sample pictures after 1000 updates
 * checkpoints/0001000/ a model folder, training_state.json and opt_state.msgpack
 * </pre>
 *
 * Checkpoints come by one rename, so that one that is there is whole.
 */
public final class RunFolder {
    static final String OPTIMIZER_STATE = "opt_state.msgpack", STATE = "training_state.json";

    private static final String PARTIAL = ".partial-";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path path;

    /** @param path is made if it is not there */
    public RunFolder(Path path) {
        this.path = path;
    }

    /**
     * Makes the folder, or looks whether it belongs to these settings.
     *
     * @param settings that decide what comes out
     * @throws TrainingException naming the first that differs from those that the run began with
     */
    public void begin(Map<String, String> settings) throws IOException {
        Files.createDirectories(path);
        Path file = path.resolve("settings.json");
        if (!Files.exists(file)) {
            writeWhole(file, JSON.writeValueAsBytes(new TreeMap<>(settings)));
            return;
        }
        Map<?, ?> before = JSON.readValue(file.toFile(), Map.class);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            Object old = before.get(setting.getKey());
            if (old != null && !setting.getValue().equals(old)) { // an older version may not have known it
                throw new TrainingException(path + " began with " + setting.getKey() + " " + old + ", not "
                        + setting.getValue() + "; give another --run, or what it began with");
            }
        }
    }

    /** The newest checkpoint. */
    public Optional<Path> newest() throws IOException {
        List<Path> all = all();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** Checkpoints by age, oldest first. */
    private List<Path> all() throws IOException {
        if (!Files.isDirectory(checkpoints())) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(checkpoints())) {
            return folders.filter(folder -> Files.exists(folder.resolve(STATE))
                            && !String.valueOf(folder.getFileName()).startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /** Writes the content of a checkpoint. */
    interface Content {
        void write(Path folder) throws IOException;
    }

    /** Adds a checkpoint, and removes older ones. */
    Path add(int updates, int keep, Content content) throws IOException {
        Path partial = checkpoints().resolve(PARTIAL + updates);
        Path folder = checkpoints().resolve(number(updates));
        Disk.delete(partial);
        try {
            Files.createDirectories(partial);
            content.write(partial);
            sync(partial);
            Disk.delete(folder);
            Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Disk.delete(partial);
            throw e;
        }
        List<Path> all = all();
        for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
            Disk.delete(old);
        }
        return folder;
    }

    /** A file of sample pictures. */
    Path samples(int updates) throws IOException {
        Path folder = path.resolve("samples");
        Files.createDirectories(folder);
        return folder.resolve(number(updates) + ".png");
    }

    Path metrics() {
        return path.resolve("metrics.jsonl");
    }

    Path plot() {
        return path.resolve("loss.svg");
    }

    private Path checkpoints() {
        return path.resolve("checkpoints");
    }

    private static String number(int updates) {
        return String.format("%07d", updates);
    }

    /** Writes a file that is whole once it is there. */
    static void writeWhole(Path file, byte[] content) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        Files.write(partial, content);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Has everything in the folder on the disk. */
    private static void sync(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Disk.sync(file);
            }
        }
    }
}
