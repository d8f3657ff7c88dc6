package org.dallemini.stack;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.dallemini.stage.RunningStage;

/** Several stages of one process. */
public final class SideBySide {
    private SideBySide() {}

    /** Closes all at once: each may have work in hand, and takes its drain time for it. */
    public static void close(List<RunningStage> stages) {
        List<CompletableFuture<Void>> closing = stages.stream()
                .map(stage -> CompletableFuture.runAsync(
                        stage::close, task -> new Thread(task, "closing-" + stage.name()).start()))
                .toList();
        closing.forEach(CompletableFuture::join);
    }
}
