package org.dallemini.ingest.gallery;

import java.util.function.Consumer;
import org.dallemini.events.StoredImage;
import org.dallemini.stage.TopicFollower;
import org.dallemini.stage.config.StageConfig;

/** Fills the gallery from the topic {@code stored-images}, from somewhat before its end on. */
public final class StoredImagesReader {
    private StoredImagesReader() {}

    /**
     * @param most images to begin with
     * @param whenStored called with the id of each
     */
    public static TopicFollower<StoredImage> start(
            StageConfig config, RecentImages images, int most, Consumer<String> whenStored) {
        return TopicFollower.start(
                "gallery",
                config,
                config.topics().storedImages(),
                StoredImage.class,
                most,
                new TopicFollower.Reader<>() {
                    @Override
                    public void take(String key, StoredImage image, long timestamp) {
                        images.add(image);
                        whenStored.accept(image.getRequest().getImageId());
                    }

                    @Override
                    public void caughtUp() {
                        images.complete();
                    }
                });
    }
}
