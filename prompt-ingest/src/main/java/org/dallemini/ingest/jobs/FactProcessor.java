package org.dallemini.ingest.jobs;

import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.dallemini.stage.Metrics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the pipeline's records to facts by job. Whatever a record is, it does not stop the others. */
final class FactProcessor implements Processor<byte[], byte[], String, JobFact> {
    private static final Logger LOG = LoggerFactory.getLogger(FactProcessor.class);

    private final FactReader reader;
    private final MeterRegistry meters;
    private @Nullable ProcessorContext<String, JobFact> context;

    FactProcessor(FactReader reader, MeterRegistry meters) {
        this.reader = reader;
        this.meters = meters;
    }

    @Override
    public void init(ProcessorContext<String, JobFact> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (context == null) {
            throw new IllegalStateException("init() has not been called");
        }
        String topic = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("A record from a topic always has its place"))
                .topic();
        String outcome = "completed";
        try {
            var fact = reader.read(topic, record);
            if (fact.isPresent()) {
                context.forward(new Record<>(fact.get().jobId(), fact.get().fact(), context.currentSystemTimeMs()));
            } else {
                outcome = "no-job";
            }
        } catch (KafkaException e) {
            throw e; // the broker's or the registry's trouble
        } catch (RuntimeException e) {
            LOG.error("Cannot read what {} tells about a job; it is left out", context.recordMetadata(), e);
            outcome = "no-job";
        }
        meters.counter(Metrics.ITEMS, Metrics.STAGE, JobTracker.NAME, Metrics.OUTCOME, outcome)
                .increment();
    }
}
