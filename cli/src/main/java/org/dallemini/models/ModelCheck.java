package org.dallemini.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.dallemini.model.ModelException;
import org.dallemini.model.ModelFolder;
import org.dallemini.model.checkpoint.FlaxCheckpoint;
import org.dallemini.model.config.BartConfig;
import org.dallemini.model.config.GenerationConfig;
import org.dallemini.model.config.ModelFit;
import org.dallemini.model.config.ParameterShapes;
import org.dallemini.model.config.VqganConfig;
import org.jspecify.annotations.Nullable;

/**
 * Compares a model folder with what its configurations ask for: files, parameters, their shapes and types, and whether
 * the two models fit each other. Reads the headers of arrays, not their values.
 */
public final class ModelCheck {
    private final ModelFolder model;
    private final List<String> problems = new ArrayList<>();

    private ModelCheck(ModelFolder model) {
        this.model = model;
    }

    /** Every problem in a line that names file and parameter; empty if the model can be used. */
    public static List<String> problems(Path folder) throws IOException {
        var check = new ModelCheck(new ModelFolder(folder.toAbsolutePath().normalize()));
        check.run();
        return List.copyOf(check.problems);
    }

    private void run() throws IOException {
        try {
            ModelFolder.open(model.path());
        } catch (ModelException e) {
            problems.add(e.getMessage());
            return;
        }
        BartConfig bart = checked(() -> BartConfig.read(model.bart()));
        VqganConfig vqgan = checked(() -> VqganConfig.read(model.vqgan()));
        checked(() -> GenerationConfig.read(model.bart()));
        if (bart != null) {
            weights(model.bart(), weights -> ParameterShapes.of(bart, isStacked(weights)));
        }
        if (vqgan != null) {
            weights(model.vqgan(), weights -> ParameterShapes.of(vqgan));
        }
        if (bart != null && vqgan != null) {
            problems.addAll(ModelFit.problems(bart, vqgan, model.vqgan()));
        }
    }

    /** Whether all layers of a DALL-E BART lie in one array for each parameter, as in the published files. */
    static boolean isStacked(FlaxCheckpoint weights) {
        return weights.entries().keySet().stream().anyMatch(path -> path.contains("Layers/"));
    }

    private interface Shapes {
        SortedMap<String, long[]> of(FlaxCheckpoint weights);
    }

    private void weights(Path folder, Shapes needed) throws IOException {
        try (FlaxCheckpoint weights = FlaxCheckpoint.open(folder)) {
            for (var parameter : needed.of(weights).entrySet()) {
                checked(() -> weights.weight(parameter.getKey(), parameter.getValue()));
            }
        } catch (ModelException e) {
            problems.add(e.getMessage());
        }
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private <T> @Nullable T checked(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (ModelException e) {
            problems.add(e.getMessage());
            return null;
        }
    }
}
