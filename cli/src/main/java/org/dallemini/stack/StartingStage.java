package org.dallemini.stack;

import java.time.Duration;
import org.dallemini.stage.Health;
import org.dallemini.stage.RunningStage;

/**
 * Stands for a stage whose model is still being loaded, which takes minutes the first time: the process is alive and
 * not ready.
 *
 * @param name of the stage
 */
public record StartingStage(String name) implements RunningStage {
    @Override
    public Health health() {
        return new Health(Health.State.STARTING, "loading");
    }

    @Override
    public boolean awaitTermination(Duration timeout) {
        return false;
    }

    @Override
    public void close() {}
}
