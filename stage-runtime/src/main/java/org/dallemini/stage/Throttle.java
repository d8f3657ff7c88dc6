package org.dallemini.stage;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Decides which partitions to fetch from. Asked anew before every poll, since a rebalance forgets what was paused; up
 * to {@code max.poll.records} more than wished for may arrive.
 *
 * <p>A lane of the engine is open while fewer tasks than its capacity wait there. Once it is half full, a partition
 * waits that already holds more than its fair share: one poll empties a partition's fetched records before it turns to
 * the next, and without the share one partition would feed the engine for long.
 */
final class Throttle {
    private final List<StageInput> inputs;
    private final Engine<?, ?> engine;
    private final int mostPerPartition;

    /** @param mostPerPartition records of one partition that may be in hand, finished ones included */
    Throttle(List<StageInput> inputs, Engine<?, ?> engine, int mostPerPartition) {
        this.inputs = inputs;
        this.engine = engine;
        this.mostPerPartition = mostPerPartition;
    }

    /** @param inHand the assigned partitions with the number of their uncommitted records */
    Set<TopicPartition> open(Map<TopicPartition, Integer> inHand) {
        var open = new HashSet<TopicPartition>();
        for (int lane = 0; lane < inputs.size(); lane++) {
            String topic = inputs.get(lane).topic();
            int waiting = engine.waiting(lane);
            int capacity = engine.capacity(lane);
            if (waiting >= capacity) {
                continue;
            }
            long partitions = inHand.keySet().stream()
                    .filter(p -> p.topic().equals(topic))
                    .count();
            long fairShare = Math.max(1, 2L * capacity / Math.max(1, partitions));
            inHand.forEach((partition, held) -> {
                boolean fair = 2 * waiting < capacity || held < fairShare;
                if (partition.topic().equals(topic) && fair && held < mostPerPartition) {
                    open.add(partition);
                }
            });
        }
        return open;
    }
}
