package org.dallemini.dalle.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of models that were pulled: each is a {@link ModelFolder} of its own name. Names that begin with a dot are
 * work in progress, not models.
 *
 * @param path need not exist
 */
public record ModelHome(Path path) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    public ModelHome {
        path = path.toAbsolutePath().normalize();
    }

    /**
     * The folder that a setting names.
     *
     * @param configured empty for {@code models} in {@link UserFolder#data}
     */
    public static ModelHome of(String configured) {
        return new ModelHome(
                configured.isEmpty() ? UserFolder.data(System.getenv()).resolve("models") : Path.of(configured));
    }

    /** Whether a model may be called so: 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Where the model of a name lies, or will lie. */
    public Path folder(String name) {
        if (!isName(name)) {
            throw new ModelException(
                    "\"" + name + "\" cannot be a model's name; use up to 64 of a-z, 0-9, '.', '_' and '-'");
        }
        return path.resolve(name);
    }

    /**
     * The folder that is meant where a model is asked for: that of a pulled model if the text is its name, else the
     * text as a path. A folder that has the name of a pulled model is written with a separator, {@code ./mini}.
     *
     * @return a path as it was given; whether it holds a model is not checked
     * @throws ModelException if the text can only be a name, and no model of this name was pulled
     */
    public Path resolve(String model) {
        if (isName(model) && Files.isDirectory(folder(model))) {
            return folder(model);
        }
        Path folder;
        try {
            folder = Path.of(model);
        } catch (InvalidPathException e) {
            throw new ModelException("\"" + model + "\" is neither a model's name nor a path", e);
        }
        if (isName(model) && !Files.exists(folder)) {
            throw new ModelException("There is no model \"" + model + "\" in " + path
                    + ", nor a folder of this name here; fetch it with \"dallemini models pull " + model
                    + "\", or give the path of its folder");
        }
        return folder;
    }

    /** The folders of all models that were pulled, in the order of their names. */
    public List<Path> models() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(path)) {
            return found.filter(folder -> isName(String.valueOf(folder.getFileName())))
                    .filter(Files::isDirectory)
                    .sorted()
                    .toList();
        }
    }
}
