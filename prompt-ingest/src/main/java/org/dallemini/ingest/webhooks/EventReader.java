package org.dallemini.ingest.webhooks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Record;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.json.ImageJson;
import org.dallemini.ingest.json.JobJson;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.ingest.streams.RetryingDecoder;
import org.dallemini.prompt.EventType;
import org.dallemini.schemas.Hashes;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.RejectedRecordException;

/** From records of the pipeline to what is sent. Thread-safe if its deserializers are. */
final class EventReader {
    private static final JsonMapper JSON = new JsonMapper();

    /** Of the 32 bytes of a hash: enough that no two are alike. */
    private static final int ID_BYTES = 16;

    private final Topics topics;
    private final RetryingDecoder<StoredImage> images;
    private final RetryingDecoder<JobStatus> jobs;

    EventReader(
            Topics topics,
            Deserializer<StoredImage> images,
            Deserializer<JobStatus> jobs,
            RegistryRetry registryRetry) {
        this.topics = topics;
        this.images = new RetryingDecoder<>(StoredImage.class, images, registryRetry);
        this.jobs = new RetryingDecoder<>(JobStatus.class, jobs, registryRetry);
    }

    /** @throws RejectedRecordException if it is none */
    StoredImage image(Record<byte[], byte[]> record) throws RejectedRecordException {
        return images.decode(topics.storedImages(), record);
    }

    /** @throws RejectedRecordException if it is none */
    JobStatus job(Record<byte[], byte[]> record) throws RejectedRecordException {
        return jobs.decode(topics.jobs(), record);
    }

    static Delivery of(StoredImage image, String url, long now) {
        Instant stored = image.getStoreTiming()
                .getStartedAt()
                .plusMillis(image.getStoreTiming().getDurationMillis());
        return delivery(
                EventType.IMAGE_STORED, image.getRequest().getImageId(), stored, ImageJson.image(image), url, now);
    }

    /**
     * An image was deleted. There may be two records of that, but it is one message.
     *
     * @param key of its record on {@code job-images}: {@code job/prompt/index}
     */
    static Delivery deleted(String key, String time, String url, long now) {
        int first = key.indexOf('/');
        int last = key.lastIndexOf('/');
        String imageId = key.substring(first + 1);
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("id", imageId);
        data.put("job", key.substring(0, first));
        data.put("prompt", key.substring(first + 1, last));
        data.put("index", Integer.valueOf(key.substring(last + 1)));
        String type = EventType.IMAGE_DELETED.text();
        return delivery(id(type, imageId), type, imageId, time, data, url, now);
    }

    static Delivery of(EventType type, JobStatus job, String url, long now) {
        return delivery(type, job.getJobId(), job.getUpdatedAt(), JobJson.job(job), url, now);
    }

    private static Delivery delivery(
            EventType type, String subject, Instant time, Map<String, Object> data, String url, long now) {
        String timestamp = time.truncatedTo(ChronoUnit.MILLIS).toString();
        return delivery(id(type.text(), subject, timestamp), type.text(), subject, timestamp, data, url, now);
    }

    private static Delivery delivery(
            String id, String type, String subject, String timestamp, Map<String, Object> data, String url, long now) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", type);
        body.put("timestamp", timestamp);
        body.put("data", data);
        return new Delivery(id, type, subject, url, json(body), now, 0, now);
    }

    /** Follows from what has happened: a record that is read again after a crash is the same message again. */
    private static String id(String... parts) {
        return "msg_" + Hashes.hex(String.join("\0", parts) + '\0', ID_BYTES);
    }

    private static String json(Map<String, Object> body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts and numbers can always be written", e);
        }
    }
}
