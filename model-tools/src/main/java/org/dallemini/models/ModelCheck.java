package org.dallemini.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.GenerationConfig;
import org.dallemini.dalle.config.ModelFit;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.config.WeightsFit;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.text.TextProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Opens every file of a model folder and checks it against the others, by the same code as the stages when they start.
 * They stop at the first problem; this finds all.
 */
public final class ModelCheck {
    private final ModelFolder model;
    private final boolean values;

    /** A file that two checks read is told of once. */
    private final Set<String> problems = new LinkedHashSet<>();

    private ModelCheck(ModelFolder model, boolean values) {
        this.model = model;
        this.values = values;
    }

    /**
     * What keeps a stage from starting with a model that is prepared, a line each that names the file; empty if nothing
     * does. Of weights the headers are read.
     */
    public static List<String> problems(Path folder) throws IOException {
        return run(folder, false);
    }

    /** The same, and what keeps it from being prepared: whether every weight is a number. Reads all of the files. */
    public static List<String> problemsOfValues(Path folder) throws IOException {
        return run(folder, true);
    }

    private static List<String> run(Path folder, boolean values) throws IOException {
        var check = new ModelCheck(new ModelFolder(folder.toAbsolutePath().normalize()), values);
        check.run();
        return List.copyOf(check.problems);
    }

    private void run() throws IOException {
        List<String> ofFiles = checked(() -> ModelFolder.problems(model.path()));
        if (ofFiles == null) {
            return;
        }
        problems.addAll(ofFiles);
        BartConfig bart = checked(() -> BartConfig.read(model.bart()));
        VqganConfig vqgan = checked(() -> VqganConfig.read(model.vqgan()));
        checked(() -> GenerationConfig.read(model.bart()));
        if (bart != null) {
            checked(() -> {
                TextProcessor.open(model.bart(), bart).close();
                return true;
            });
            all(() -> WeightsFit.problems(model.bart(), bart, values));
        }
        if (vqgan != null) {
            all(() -> WeightsFit.problems(model.vqgan(), vqgan, values));
        }
        if (bart != null && vqgan != null) {
            problems.addAll(ModelFit.problems(bart, vqgan, model));
        }
    }

    private void all(Reading<? extends Collection<String>> reading) throws IOException {
        Collection<String> found = checked(reading);
        if (found != null) {
            problems.addAll(found);
        }
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private <T> @Nullable T checked(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (ModelException e) {
            problems.add(Objects.toString(e.getMessage()));
            return null;
        }
    }
}
