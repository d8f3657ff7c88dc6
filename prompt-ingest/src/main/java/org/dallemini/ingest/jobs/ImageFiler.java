package org.dallemini.ingest.jobs;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** Writes the records of {@code stored-images} under the keys of their jobs; ignores all others. */
final class ImageFiler extends ContextualProcessor<byte[], byte[], String, byte[]> {
    private final JobUpdateReader reader;
    private final String storedImages;

    ImageFiler(JobUpdateReader reader, String storedImages) {
        this.reader = reader;
        this.storedImages = storedImages;
    }

    /** No id of a job holds a slash. */
    static String key(String jobId, String imageId) {
        return jobId + "/" + imageId;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        boolean isStored = context()
                .recordMetadata()
                .filter(place -> place.topic().equals(storedImages))
                .isPresent();
        if (isStored) {
            reader.read(storedImages, record)
                    .map(keyed ->
                            key(keyed.jobId(), String.valueOf(keyed.update().imageId())))
                    .ifPresent(key -> context().forward(record.withKey(key)));
        }
    }
}
