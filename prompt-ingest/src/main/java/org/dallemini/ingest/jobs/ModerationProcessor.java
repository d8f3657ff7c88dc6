package org.dallemini.ingest.jobs;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.dallemini.events.ModerationDecision;

/** Writes down the decisions of filters and people, keyed by what they are about. */
final class ModerationProcessor extends ContextualProcessor<byte[], byte[], String, ModerationDecision> {
    private final ModerationReader reader;

    ModerationProcessor(ModerationReader reader) {
        this.reader = reader;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        context()
                .recordMetadata()
                .map(RecordMetadata::topic)
                .flatMap(topic -> reader.read(topic, record))
                .ifPresent(decision -> context()
                        .forward(new Record<>(decision.getSubject(), decision, Math.max(0, record.timestamp()))));
    }
}
