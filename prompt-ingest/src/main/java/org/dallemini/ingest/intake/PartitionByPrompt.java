package org.dallemini.ingest.intake;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * Sends the images of a prompt to one partition, that of the prompt's id, though their keys are the images' ids: those
 * that are chosen from the same candidates should be drawn by the same process.
 */
final class PartitionByPrompt implements StreamPartitioner<byte[], byte[]> {
    @Override
    public Optional<Set<Integer>> partitions(String topic, byte[] key, byte[] value, int partitions) {
        int end = key.length - 1;
        while (end > 0 && key[end] != '/') {
            end--;
        }
        byte[] promptId = Arrays.copyOf(key, end);
        return Optional.of(Set.of(Utils.toPositive(Utils.murmur2(promptId)) % partitions));
    }
}
