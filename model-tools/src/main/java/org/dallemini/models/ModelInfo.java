package org.dallemini.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.GenerationConfig;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.jspecify.annotations.Nullable;

/**
 * What there is to know of a model folder. A part that cannot be read is absent, and the problems say why.
 *
 * @param name of the folder
 * @param path of the folder
 * @param complete whether there are no problems
 * @param dalleBart text to image tokens
 * @param vqgan image tokens to pixels
 * @param prepared graphs that are in the cache, as GRAPH-PRECISION
 * @param problems a line each
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelInfo(
        String name,
        String path,
        boolean complete,
        @Nullable Bart dalleBart,
        @Nullable Vqgan vqgan,
        SortedSet<String> prepared,
        List<String> problems) {

    /** @param generation how images are drawn unless a prompt says otherwise */
    public record Bart(String revision, BartConfig config, GenerationConfig generation, CheckpointInfo weights) {}

    /** @param gridSize image tokens along one side of an image */
    public record Vqgan(String revision, VqganConfig config, int gridSize, CheckpointInfo weights) {}

    /** Reads a folder; the first time the files of weights are hashed for their revision, which takes a while. */
    public static ModelInfo read(Path folder, ModelCache cache) throws IOException {
        var model = new ModelFolder(folder.toAbsolutePath().normalize());
        SortedSet<String> prepared = new TreeSet<>();
        Bart bart = readable(() -> new Bart(
                revision(model.bart(), cache, prepared),
                BartConfig.read(model.bart()),
                GenerationConfig.read(model.bart()),
                CheckpointInfo.read(model.bart())));
        Vqgan vqgan = readable(() -> {
            VqganConfig config = VqganConfig.read(model.vqgan());
            return new Vqgan(
                    revision(model.vqgan(), cache, prepared),
                    config,
                    config.gridSize(),
                    CheckpointInfo.read(model.vqgan()));
        });
        List<String> problems = ModelCheck.problems(model.path());
        return new ModelInfo(
                model.name(), model.path().toString(), problems.isEmpty(), bart, vqgan, prepared, problems);
    }

    private static String revision(Path checkpoint, ModelCache cache, SortedSet<String> prepared) throws IOException {
        prepared.addAll(cache.prepared(checkpoint));
        return cache.revision(checkpoint);
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> @Nullable T readable(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (ModelException e) {
            return null; // ModelCheck finds it as well, and says it
        }
    }
}
