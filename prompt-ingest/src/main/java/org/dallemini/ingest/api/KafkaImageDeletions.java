package org.dallemini.ingest.api;

import java.util.List;
import java.util.function.Consumer;
import org.dallemini.events.ImageDeletion;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.deletions.DeletionFollower;
import org.dallemini.stage.deletions.ImageDeletionPublisher;

/** Deletions of images by the topic {@code image-deletions}. */
public final class KafkaImageDeletions implements ImageDeletions {
    private final ImageDeletionPublisher publisher;
    private final DeletionFollower follower;

    /** @param whenDeleted called with the id of each image that is deleted, or was before */
    public KafkaImageDeletions(StageConfig config, Consumer<String> whenDeleted) {
        this.publisher = new ImageDeletionPublisher(config);
        this.follower = DeletionFollower.start(config, whenDeleted);
    }

    @Override
    public boolean contains(String imageId) {
        return follower.contains(imageId);
    }

    @Override
    public void add(ImageDeletion deletion) {
        publisher.publish(List.of(deletion));
        follower.add(deletion.getImageId()); // whoever asked sees it gone at once
    }

    @Override
    public void close() {
        follower.close();
        publisher.close();
    }
}
