package org.dallemini.dalle.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.text.TextProcessor;

/** Opens models for tests. */
public final class TestModels {
    /** One thread, so that the tests of several modules can run at a time. */
    public static final Sessions SESSIONS = new Sessions(1);

    /** Of all tests of a process, so that each graph is prepared once. Deleted at its end. */
    public static final ModelCache CACHE = new ModelCache(temporaryFolder());

    private TestModels() {}

    private static Path temporaryFolder() {
        try {
            Path folder = Files.createTempDirectory("test-models");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> found = Files.walk(folder)) {
            found.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The checkpoint of the small trained model of this project. */
    public static Path shapes() {
        return ShippedModel.folder().resolve("dalle-bart");
    }

    /**
     * In float32.
     *
     * @param checkpointFolder with config.json
     */
    public static BartModel open(Path checkpointFolder) throws IOException {
        return open(checkpointFolder, SESSIONS, Precision.FP32);
    }

    public static BartModel open(Path checkpointFolder, Sessions sessions, Precision precision) throws IOException {
        return BartModel.open(checkpointFolder, CACHE, sessions, precision);
    }

    public static TextProcessor texts(Path checkpointFolder, BartModel model) throws IOException {
        return TextProcessor.open(checkpointFolder, model.config());
    }
}
