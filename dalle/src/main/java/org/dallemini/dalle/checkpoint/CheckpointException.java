package org.dallemini.dalle.checkpoint;

import java.nio.file.Path;
import org.dallemini.dalle.model.ModelException;

/** Weights that cannot be read: damaged, incomplete, or of another shape or type than the model needs. */
public final class CheckpointException extends ModelException {
    CheckpointException(Path file, String problem) {
        super(file + ": " + problem);
    }

    CheckpointException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }

    /** @param parameter path of the array within the file, "" for its root */
    CheckpointException(Path file, String parameter, String problem) {
        super(message(file, parameter, problem));
    }

    /** @param parameter path of the array within the file, "" for its root */
    CheckpointException(Path file, String parameter, String problem, Throwable cause) {
        super(message(file, parameter, problem), cause);
    }

    private static String message(Path file, String parameter, String problem) {
        return file + ": " + (parameter.isEmpty() ? "its root" : parameter) + " " + problem;
    }
}
