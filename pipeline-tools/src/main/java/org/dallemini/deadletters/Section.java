package org.dallemini.deadletters;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * A partition of dead letters as it was at one moment. What comes later is none of the command's business: a letter
 * that a replay causes is never replayed by the same run.
 *
 * @param topicId tells the topic from a later one of the same name
 * @param begin first offset that is there
 * @param end offset behind the last committed record
 */
public record Section(TopicPartition partition, Uuid topicId, long begin, long end) {}
