package org.dallemini.ingest.jobs;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.dallemini.stage.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the pipeline's records to updates by job. A record that cannot be read does not stop the others. */
final class JobUpdateProcessor extends ContextualProcessor<byte[], byte[], String, JobUpdate> {
    private static final Logger log = LoggerFactory.getLogger(JobUpdateProcessor.class);

    private final JobUpdateReader reader;
    private final MeterRegistry meters;

    JobUpdateProcessor(JobUpdateReader reader, MeterRegistry meters) {
        this.reader = reader;
        this.meters = meters;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        ProcessorContext<String, JobUpdate> here = context();
        RecordMetadata place = here.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("A record from a topic always has its place"));
        Optional<JobUpdateReader.Keyed> update = read(place, record);
        // Out here: what fails on the way on is no fault of the record's, and must not make its update go missing.
        update.ifPresent(
                known -> here.forward(new Record<>(known.jobId(), known.update(), here.currentSystemTimeMs())));
        String outcome = update.isPresent() ? "completed" : "no-job";
        Metrics.items(meters, JobTracker.NAME, outcome).increment();
    }

    private Optional<JobUpdateReader.Keyed> read(RecordMetadata place, Record<byte[], byte[]> record) {
        try {
            return reader.read(place.topic(), record);
        } catch (KafkaException e) {
            throw e; // the registry's trouble
        } catch (RuntimeException e) {
            log.error("Cannot read what {} tells about a job; it is left out", place, e);
            return Optional.empty();
        }
    }
}
