package org.dallemini.stage.deletions;

import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.dallemini.events.ImageDeletion;
import org.dallemini.stage.TopicFollower;
import org.dallemini.stage.config.StageConfig;

/** Knows which images have been deleted, from all of the topic {@code image-deletions}. Thread-safe. */
public final class DeletionFollower implements AutoCloseable {
    private final DeletedImages images = new DeletedImages();
    private final TopicFollower<ImageDeletion> follower;
    private volatile boolean complete;

    private DeletionFollower(StageConfig config, Consumer<String> whenDeleted) {
        this.follower = TopicFollower.start(
                "image-deletions",
                config,
                config.topics().imageDeletions(),
                ImageDeletion.class,
                TopicFollower.ALL,
                new TopicFollower.Reader<>() {
                    @Override
                    public void take(String key, ImageDeletion deletion, long timestamp) {
                        images.add(deletion.getImageId());
                        whenDeleted.accept(deletion.getImageId());
                    }

                    @Override
                    public void caughtUp() {
                        complete = true;
                    }
                });
    }

    /** Starts a thread and returns at once. */
    public static DeletionFollower start(StageConfig config) {
        return start(config, imageId -> {});
    }

    /**
     * The same.
     *
     * @param whenDeleted called with the id of each, those that were deleted long ago too
     */
    public static DeletionFollower start(StageConfig config, Consumer<String> whenDeleted) {
        return new DeletionFollower(config, whenDeleted);
    }

    /** Whether all that were deleted before this was started are known. */
    public boolean isComplete() {
        return complete;
    }

    /** The partitions of the topic; none while it is read from its beginning. */
    public Set<TopicPartition> partitions() {
        return follower.partitions();
    }

    /** Whether all deletions before these offsets are known. */
    public boolean hasRead(Map<TopicPartition, Long> ends) {
        return follower.hasRead(ends);
    }

    /** Whether the image was deleted, as far as is known by now. */
    public boolean contains(String imageId) {
        return images.contains(imageId);
    }

    /** The image was deleted by this process: that is known before it is read. */
    public void add(String imageId) {
        images.add(imageId);
    }

    /** Why deletions cannot be read at present, for people; empty if they can. */
    public String trouble() {
        String trouble = follower.trouble();
        return trouble.isEmpty() ? "" : "deletions of images cannot be read: " + trouble;
    }

    @Override
    public void close() {
        follower.close();
    }
}
