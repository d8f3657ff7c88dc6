package org.dallemini.ingest.jobs;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Files the records of {@code stored-images} under their jobs; lets all others go. */
final class ImageFiler implements Processor<byte[], byte[], String, byte[]> {
    private final JobUpdateReader reader;
    private final String storedImages;
    private @Nullable ProcessorContext<String, byte[]> context;

    ImageFiler(JobUpdateReader reader, String storedImages) {
        this.reader = reader;
        this.storedImages = storedImages;
    }

    /** No id of a job holds a slash. */
    static String key(String jobId, String imageId) {
        return jobId + "/" + imageId;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (context == null) {
            throw new IllegalStateException("init() has not been called");
        }
        ProcessorContext<String, byte[]> here = context;
        boolean isStored = here.recordMetadata()
                .filter(place -> place.topic().equals(storedImages))
                .isPresent();
        if (isStored) {
            reader.read(storedImages, record)
                    .map(keyed ->
                            key(keyed.jobId(), String.valueOf(keyed.update().imageId())))
                    .ifPresent(key -> here.forward(record.withKey(key)));
        }
    }
}
