package org.dallemini.ingest.jobs;

import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.stage.Failures;
import org.jspecify.annotations.Nullable;

/** From a status to bytes. Not by the serde of the sink: that could not wait an outage of the registry out. */
final class StatusWriter implements Processor<String, JobStatus, String, byte[]> {
    private final String topic;
    private final Serializer<JobStatus> serializer;
    private final RegistryRetry registryRetry;
    private @Nullable ProcessorContext<String, byte[]> context;

    StatusWriter(String topic, Serializer<JobStatus> serializer, RegistryRetry registryRetry) {
        this.topic = topic;
        this.serializer = serializer;
        this.registryRetry = registryRetry;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        this.context = context;
    }

    @Override
    public void process(Record<String, JobStatus> record) {
        if (context == null) {
            throw new IllegalStateException("init() has not been called");
        }
        JobStatus status = record.value();
        context.forward(record.withValue(
                registryRetry.outlast(() -> serializer.serialize(topic, status), Failures::isOutageInWriting)));
    }
}
