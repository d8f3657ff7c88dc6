package org.dallemini.stack;

import java.io.IOException;
import java.nio.file.Path;

/** A stack runs on the data directory already. */
public final class StackInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    StackInUseException(Path dataDir, String holder) {
        super("A stack runs on " + dataDir + " already (" + holder
                + "): stop it, or choose another folder with --data-dir");
    }
}
