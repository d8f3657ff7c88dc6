package org.dallemini.ingest.gallery;

import java.util.function.Predicate;
import org.dallemini.events.StoredImage;
import org.dallemini.stage.TopicFollower;
import org.dallemini.stage.config.StageConfig;

/** Tells {@link Favourites} what has been marked, by whatever process, from all of the topic {@code favourites}. */
public final class FavouritesReader {
    private FavouritesReader() {}

    /** @param isDeleted whether the image of this id was deleted, as far as is known */
    public static TopicFollower<StoredImage> start(
            StageConfig config, Favourites favourites, Predicate<String> isDeleted) {
        return TopicFollower.start(
                "favourites",
                config,
                config.topics().favourites(),
                StoredImage.class,
                TopicFollower.ALL,
                new TopicFollower.Reader<>() {
                    @Override
                    public void take(String key, StoredImage image, long timestamp) {
                        favourites.take(key, image);
                    }

                    @Override
                    public void forget(String key) {
                        favourites.forget(key);
                    }

                    @Override
                    public void caughtUp() {
                        favourites.complete(isDeleted);
                    }
                });
    }
}
