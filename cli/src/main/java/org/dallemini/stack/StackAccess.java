package org.dallemini.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The stack of a data directory: the one that runs there, or else one that is started for as long as it is needed. */
public final class StackAccess implements AutoCloseable {
    private static final Duration STARTING = Duration.ofSeconds(90);
    private static final long POLL_MILLIS = 200;

    private final Map<String, String> settings;
    private final @Nullable EmbeddedStack own;

    private StackAccess(Map<String, String> settings, @Nullable EmbeddedStack own) {
        this.settings = settings;
        this.own = own;
    }

    /**
     * @param wanted the stack to start if there is none
     * @throws StackInUseException if one holds the directory but cannot be reached
     */
    public static StackAccess open(StackSettings wanted, Consumer<String> progress) throws Exception {
        try {
            EmbeddedStack own = EmbeddedStack.start(wanted, progress);
            return new StackAccess(own.settings(), own);
        } catch (StackInUseException e) {
            progress.accept("Waiting for the stack that is running");
            return new StackAccess(running(wanted.dataDir()).orElseThrow(() -> e), null);
        }
    }

    private static Optional<Map<String, String>> running(Path dataDir) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + STARTING.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<Map<String, String>> settings = StackFile.read(dataDir);
            if (settings.isPresent()) {
                return settings;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return Optional.empty();
    }

    /** Settings for clients and stages of this stack. */
    public Map<String, String> settings() {
        return settings;
    }

    @Override
    public void close() throws Exception {
        if (own != null) {
            own.close();
        }
    }
}
