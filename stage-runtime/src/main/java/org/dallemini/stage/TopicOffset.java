package org.dallemini.stage;

import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Uuid;

/**
 * Offsets as stages commit them: with the id of the topic they belong to. A topic that was deleted and made again under
 * its name has another id, and an offset of the old one would skip records of the new.
 */
final class TopicOffset {
    private static final String TOPIC_ID = "topic-id=";

    private TopicOffset() {}

    static OffsetAndMetadata of(long offset, Optional<Integer> leaderEpoch, Uuid topicId) {
        return new OffsetAndMetadata(offset, leaderEpoch, TOPIC_ID + topicId);
    }

    /** Whether an offset belongs to this topic; one without an id does, for example one that an operator has set. */
    static boolean isOf(Uuid topicId, OffsetAndMetadata committed) {
        String metadata = committed.metadata();
        return !metadata.startsWith(TOPIC_ID) || metadata.equals(TOPIC_ID + topicId);
    }
}
