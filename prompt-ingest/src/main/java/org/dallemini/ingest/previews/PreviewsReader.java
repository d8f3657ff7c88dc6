package org.dallemini.ingest.previews;

import java.util.function.Predicate;
import org.dallemini.events.ImagePreview;
import org.dallemini.stage.TopicFollower;
import org.dallemini.stage.config.StageConfig;

/** Follows the topic {@code image-previews} from its end on. */
public final class PreviewsReader {
    private PreviewsReader() {}

    /**
     * Starts a thread and returns at once.
     *
     * @param isDeleted whether an image was deleted: drawn again after a replay, it is not shown
     */
    public static TopicFollower<ImagePreview> start(
            StageConfig config, Previews previews, Predicate<String> isDeleted) {
        return TopicFollower.start(
                "previews",
                config,
                config.topics().imagePreviews(),
                ImagePreview.class,
                TopicFollower.NONE,
                new TopicFollower.Reader<>() {
                    @Override
                    public void take(String key, ImagePreview preview, long timestamp) {
                        if (!isDeleted.test(preview.getImageId())) {
                            previews.add(preview);
                        }
                    }

                    @Override
                    public void caughtUp() {}
                });
    }
}
