package org.dallemini.storage;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.StoredImage;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.ObjectStore;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.Stage;
import org.dallemini.stage.StageDefinition;
import org.dallemini.stage.StageInput;

/**
 * The stage that reads {@code images}, writes each into object storage, and then announces it on {@code stored-images}
 * in the transaction that also commits the image's offset. An image comes again if the process dies between the two; it
 * is then found where it was stored. No object is ever replaced, and none of an image that was deleted comes back.
 */
public final class StorageSink {
    /** As in metrics and the default consumer group. */
    public static final String NAME = "storage-sink";

    private StorageSink() {}

    /** Starts the stage and returns at once; {@link RunningStage#health} tells how it gets on. */
    public static RunningStage start(StorageSinkConfig config, MeterRegistry meters) {
        Topics topics = config.stage().topics();
        UploadPlan plan = config.plan();
        ObjectStore store = new MinioObjectStore(config.s3());
        StoreEngine engine = StoreEngine.start(
                store,
                plan,
                KafkaDeletions.start(config.stage(), store),
                config.parallelUploads(),
                Backoff::new,
                meters,
                Clock.systemUTC());
        return Stage.start(
                config.stage(),
                new StageDefinition<>(
                        NAME,
                        List.of(new StageInput(topics.images())),
                        GeneratedImage.class,
                        topics.storedImages(),
                        (StoredImage stored) -> stored.getRequest().getImageId(),
                        engine),
                meters);
    }
}
