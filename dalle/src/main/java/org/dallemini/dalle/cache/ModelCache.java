package org.dallemini.dalle.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.model.UserFolder;
import org.dallemini.dalle.onnx.Graph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of prepared graphs: each is built from its checkpoint once and from then on opened in well under a second.
 *
 * <pre>
 * hashes/                                SHA-256 of checkpoint files, by path, size and time of change
 * v2-REVISION/GRAPH-PRECISION/           GRAPH.onnx, GRAPH.data and, written last, manifest
 * v2-REVISION/GRAPH-PRECISION.building/  unfinished work
 * v2-REVISION/GRAPH-PRECISION.lock       held by the process that is building
 * </pre>
 *
 * <p>Any number of threads and processes may share the folder: one builds, the others wait. What is damaged is built
 * again. Graphs of other revisions and versions are left alone; when nothing runs, the whole folder may be deleted.
 */
public final class ModelCache {
    /** Part of every path. To be raised when any graph, or the way its weights are laid out, changes. */
    static final int FORMAT_VERSION = 2;

    private static final String ADVICE = "make room, or put the model cache elsewhere (setting model.cache)";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]*");
    private static final Logger log = LoggerFactory.getLogger(ModelCache.class);

    private final Path root;
    private final Revisions revisions;
    private final PrepareListener listener;

    /** @param root created when first needed */
    public ModelCache(Path root) {
        this(root, PrepareListener.NONE);
    }

    /**
     * The folder that a setting names.
     *
     * @param configured empty for {@link UserFolder#cache}
     */
    public static ModelCache of(String configured) {
        return new ModelCache(configured.isEmpty() ? UserFolder.cache(System.getenv()) : Path.of(configured));
    }

    /** @param root created when first needed */
    public ModelCache(Path root, PrepareListener listener) {
        this.root = root.toAbsolutePath().normalize();
        this.revisions = new Revisions(this.root.resolve("hashes"));
        this.listener = listener;
    }

    /**
     * Identifies what a checkpoint draws: SHA-256 over config.json, weights and tokenizer files, 64 hex digits. Reads
     * the files the first time; later only looks whether they changed.
     *
     * @throws ModelException if files are missing
     */
    public String revision(Path checkpointFolder) throws IOException {
        return revisions.of(checkpointFolder);
    }

    /** Where the graphs of a checkpoint lie, or will lie. */
    public Path folder(Path checkpointFolder) throws IOException {
        return root.resolve("v" + FORMAT_VERSION + "-" + revision(checkpointFolder));
    }

    /** The graphs of a checkpoint that are there and whole, each as GRAPH-PRECISION; nothing is built. */
    public SortedSet<String> prepared(Path checkpointFolder) throws IOException {
        SortedSet<String> whole = new TreeSet<>();
        Path home = folder(checkpointFolder);
        if (Files.isDirectory(home)) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(home, Files::isDirectory)) {
                for (Path folder : folders) {
                    String key = String.valueOf(folder.getFileName());
                    String graph = key.substring(0, Math.max(0, key.lastIndexOf('-')));
                    if (new PreparedGraph(folder, graph).fault().isEmpty()) {
                        whole.add(key);
                    }
                }
            }
        }
        return whole;
    }

    /**
     * The prepared graph: its .onnx file, with the weights beside it. Builds it if it is not there yet, or waits until
     * another process has.
     *
     * @param checkpointFolder folder of config.json and weights, {@link ModelFolder#bart()} for instance
     * @param name of the graph, lower case; the source must build a graph of this name
     * @param precision of the weights, "fp32" for instance; part of the key, what it means is the source's affair
     * @param source called only if the graph is not there
     * @throws ModelException if the checkpoint is damaged or not supported, or the disk has no room
     */
    public Path graph(Path checkpointFolder, String name, String precision, GraphSource source) throws IOException {
        Path home = folder(checkpointFolder);
        Path folder = home.resolve(checked(name) + "-" + checked(precision));
        PreparedGraph prepared = new PreparedGraph(folder, name);
        if (prepared.fault().isEmpty()) {
            return prepared.model();
        }
        Files.createDirectories(home);
        try (FileChannel lockFile = FileChannel.open(
                        sibling(folder, ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = Disk.lock(lockFile, folder)) {
            Optional<String> fault = prepared.fault(); // again: who held the lock may have built it
            if (fault.isPresent()) {
                if (Files.exists(folder)) {
                    log.warn("Prepared graph {} is damaged ({}); building it again", folder, fault.get());
                    Disk.delete(folder);
                }
                build(checkpointFolder, home, prepared, source);
            }
        }
        return prepared.model();
    }

    private void build(Path checkpointFolder, Path home, PreparedGraph target, GraphSource source) throws IOException {
        long start = System.nanoTime();
        log.info("Preparing graph {} of {}", target.name(), checkpointFolder);
        PreparedGraph unfinished = new PreparedGraph(sibling(target.folder(), ".building"), target.name());
        Disk.delete(unfinished.folder()); // of a process that was killed: the lock is ours
        Files.createDirectories(unfinished.folder());
        try (FlaxCheckpoint weights = FlaxCheckpoint.open(checkpointFolder)) {
            Graph graph = source.build(weights);
            if (!graph.name().equals(target.name())) {
                throw new IllegalArgumentException(
                        "asked for graph " + target.name() + ", the source built " + graph.name());
            }
            requireRoom(unfinished.folder(), graph.weightBytes());
            try {
                graph.save(unfinished.folder(), done -> listener.progress(graph.name(), done, graph.weightBytes()));
                unfinished.seal();
                Files.move(unfinished.folder(), target.folder(), StandardCopyOption.ATOMIC_MOVE);
                Disk.sync(home);
            } catch (IOException e) {
                // A disk that others fill meanwhile is reported without the name of the file.
                throw new ModelException(
                        "Preparing the model in " + target.folder() + " failed: " + e.getMessage() + "; it takes "
                                + megabytes(graph.weightBytes()) + " there, " + megabytes(free(home))
                                + " are left; " + ADVICE,
                        e);
            }
            log.info(
                    "Prepared graph {}: {} MB in {} s",
                    graph.name(),
                    graph.weightBytes() >> 20,
                    (System.nanoTime() - start) / 1_000_000_000);
        } catch (IOException | RuntimeException e) {
            Disk.delete(unfinished.folder());
            throw e;
        }
    }

    private static void requireRoom(Path folder, long bytes) throws IOException {
        long free = free(folder);
        if (free < bytes) {
            throw new ModelException("Preparing the model needs " + megabytes(bytes) + " in " + folder + ", only "
                    + megabytes(free) + " are free; " + ADVICE);
        }
    }

    private static long free(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    private static Path sibling(Path folder, String suffix) {
        return folder.resolveSibling(folder.getFileName() + suffix);
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name + "\" is not lower case letters, digits, . _ -");
        }
        return name;
    }
}
