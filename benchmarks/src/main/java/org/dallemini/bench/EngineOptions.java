package org.dallemini.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.dallemini.bench.common.ProgramFolder;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.session.SessionSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model, and how ONNX Runtime runs it. */
public final class EngineOptions {
    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Folder with dalle-bart/ and vqgan/ (default: the small model that is shipped).")
    private @Nullable Path model;

    @Option(
            names = "--model-cache",
            paramLabel = "DIR",
            description = "Prepared graphs (default: benchmarks/target/models).")
    private @Nullable Path cache;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads of one computation; 0: as many as there are processors (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--spinning", description = "Idle threads wait in a busy loop.")
    private boolean spinning;

    public ModelFolder model() throws IOException {
        return ModelFolder.open(model == null ? ProgramFolder.program().resolve("models/shapes") : model);
    }

    public Path cacheFolder() {
        return cache == null ? ProgramFolder.target().resolve("models") : cache.toAbsolutePath();
    }

    public ModelCache cache() {
        return new ModelCache(cacheFolder());
    }

    public SessionSettings sessions() {
        return new SessionSettings(threads(), spinning);
    }

    public int threads() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    public boolean spinning() {
        return spinning;
    }
}
