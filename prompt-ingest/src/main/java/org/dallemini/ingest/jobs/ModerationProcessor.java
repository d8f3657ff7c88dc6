package org.dallemini.ingest.jobs;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.dallemini.events.ModerationDecision;

/** Writes down the decisions of filters and people, keyed by what they are about, refusals by their dead letter. */
final class ModerationProcessor extends ContextualProcessor<byte[], byte[], String, ModerationDecision> {
    private final ModerationReader reader;

    ModerationProcessor(ModerationReader reader) {
        this.reader = reader;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context().recordMetadata().orElse(null);
        if (at == null) {
            return;
        }
        String place = at.topic() + " " + at.partition() + ":" + at.offset();
        reader.read(at.topic(), record, place).ifPresent(decision -> context()
                .forward(new Record<>(key(decision), decision, Math.max(0, record.timestamp()))));
    }

    /** A refusal stands for itself: anybody may use the id of another's prompt, and be refused. */
    private static String key(ModerationDecision decision) {
        return decision.getLetter() == null ? decision.getSubject() : decision.getLetter();
    }
}
