package org.dallemini.embedded;

import java.nio.file.Path;
import java.util.OptionalLong;

/** Another broker, in this process or another one, works on the data directory. */
public final class DataDirInUseException extends EmbeddedServerException {
    private final transient Path dataDir;
    private final long pid;

    DataDirInUseException(Path dataDir, OptionalLong pid) {
        super(message(dataDir, pid), null);
        this.dataDir = dataDir;
        this.pid = pid.orElse(-1);
    }

    private static String message(Path dataDir, OptionalLong pid) {
        String holder = pid.isEmpty()
                ? "another process"
                : pid.getAsLong() == ProcessHandle.current().pid()
                        ? "this process (pid " + pid.getAsLong() + ")"
                        : "the process with pid " + pid.getAsLong();
        return "The data directory " + dataDir + " is in use by " + holder
                + "; stop that one first, or use another data directory";
    }

    public Path dataDir() {
        return dataDir;
    }

    /** Process id of the holder; empty if it has not written it yet. */
    public OptionalLong pid() {
        return pid < 0 ? OptionalLong.empty() : OptionalLong.of(pid);
    }
}
