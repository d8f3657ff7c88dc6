package org.dallemini.ingest.gallery;

import java.util.concurrent.Future;
import org.dallemini.events.StoredImage;
import org.dallemini.stage.EventPublisher;
import org.dallemini.stage.config.StageConfig;

/** Keeps favourites in the compacted topic {@code favourites}. */
public final class KafkaJournal implements Favourites.Journal, AutoCloseable {
    private final EventPublisher<StoredImage> publisher;

    /** @param config of the pipeline; nothing is asked of it yet */
    public KafkaJournal(StageConfig config) {
        this.publisher = new EventPublisher<>(config, config.topics().favourites());
    }

    @Override
    public Future<?> write(String key, StoredImage image) {
        return publisher.send(key, image);
    }

    @Override
    public Future<?> forget(String key) {
        return publisher.forget(key);
    }

    @Override
    public void close() {
        publisher.close();
    }
}
