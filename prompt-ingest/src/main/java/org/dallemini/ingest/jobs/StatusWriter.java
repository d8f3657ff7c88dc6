package org.dallemini.ingest.jobs;

import java.util.Objects;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.streams.Patience;
import org.dallemini.stage.Failures;
import org.jspecify.annotations.Nullable;

/**
 * Writes the status of a job that has changed. Not by the serde of the sink: that could not wait an outage of the
 * registry out.
 */
final class StatusWriter implements Processor<String, byte[], String, byte[]> {
    private final String topic;
    private final Serializer<JobStatus> serializer;
    private final Patience patience;
    private @Nullable ProcessorContext<String, byte[]> context;
    private @Nullable KeyValueStore<String, JobTally> tallies;

    StatusWriter(String topic, Serializer<JobStatus> serializer, Patience patience) {
        this.topic = topic;
        this.serializer = serializer;
        this.patience = patience;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        this.context = context;
        this.tallies = context.getStateStore(JobProcessor.TALLIES);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        ProcessorContext<String, byte[]> here = Objects.requireNonNull(context, "init() has not been called");
        String jobId = record.key();
        JobTally tally = Objects.requireNonNull(tallies).get(jobId);
        if (tally == null) {
            return; // forgotten since
        }
        JobStatus status = tally.status(jobId);
        here.forward(new Record<>(
                jobId,
                patience.outlast(() -> serializer.serialize(topic, status), Failures::isOutageInWriting),
                tally.updatedAt()));
    }
}
