package org.dallemini.images;

import com.sun.net.httpserver.HttpHandler;
import java.time.Duration;
import java.util.Map;
import org.dallemini.stage.Health;
import org.dallemini.stage.RunningStage;

/** The stage that decodes records, and its endpoint for previews. */
record DecoderStage(RunningStage records, PreviewEndpoint previews) implements RunningStage {
    @Override
    public String name() {
        return records.name();
    }

    @Override
    public Health health() {
        return records.health();
    }

    @Override
    public Map<String, HttpHandler> endpoints() {
        return Map.of(PreviewEndpoint.PATH, previews);
    }

    @Override
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        return records.awaitTermination(timeout);
    }

    @Override
    public void close() {
        records.close();
    }
}
