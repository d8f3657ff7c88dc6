package org.dallemini.chaos;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.schemas.Hashes;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.storage.StorageSinkConfig;
import org.jspecify.annotations.Nullable;

/**
 * All that a pipeline has brought forth, as a reader with {@code read_committed} and a visitor of the bucket see it.
 *
 * @param records for each kind of event and each image, what each of its records says, as a hash
 * @param deadLetters topic and key of each
 * @param objects keys of the bucket with the hash of their content
 * @param jobs the last that was said of each job
 */
record Ledger(
        Map<String, Map<String, List<String>>> records,
        List<String> deadLetters,
        Map<String, String> objects,
        Map<String, String> jobs) {
    /** What the embedded S3 server leaves of an upload during which it was killed; no S3 server of production does. */
    private static final Pattern HALF_WRITTEN = Pattern.compile(".+\\.png-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    /** Reads all topics to their ends, open transactions included, so that none of their records comes afterwards. */
    static Ledger read(Map<String, String> settings) throws Exception {
        var config = new StageConfig(StageConfig.definition(), settings);
        Topics topics = config.topics();
        var records = new TreeMap<String, Map<String, List<String>>>();
        Map<String, List<String>> requests = new HashMap<>();
        for (String topic : List.of(topics.imageRequests(), topics.bulkImageRequests())) {
            merge(requests, read(config, topic, ImageRequest.class, Ledger::imageId, Ledger::said));
        }
        records.put("image-requests", requests);
        records.put(
                "image-tokens",
                read(
                        config,
                        topics.imageTokens(),
                        ImageTokens.class,
                        r -> imageId(r.getRequest()),
                        r -> hash(r.getTokens())));
        records.put(
                "images",
                read(
                        config,
                        topics.images(),
                        GeneratedImage.class,
                        r -> imageId(r.getRequest()),
                        r -> hash(r.getData())));
        records.put(
                "stored-images",
                read(
                        config,
                        topics.storedImages(),
                        StoredImage.class,
                        r -> imageId(r.getRequest()),
                        r -> r.getKey() + " " + r.getSize() + " " + r.getSha256()));
        var deadLetters = new ArrayList<String>();
        for (String topic : topics.inputs()) {
            readRaw(config, Topics.deadLetters(topic)).forEach(r -> deadLetters.add(r.topic() + " " + text(r.key())));
        }
        return new Ledger(records, deadLetters, objects(settings), jobs(config));
    }

    private static Map<String, String> jobs(StageConfig config) {
        var found = new TreeMap<String, String>();
        read(config, config.topics().jobs(), JobStatus.class, JobStatus::getJobId, Ledger::said)
                .forEach((job, said) -> found.put(job, said.get(said.size() - 1)));
        return found;
    }

    private static String said(JobStatus job) {
        return job.getState() + " of " + job.getRequested() + ": " + job.getTokensDrawn() + " drawn, "
                + job.getDecoded() + " decoded, " + job.getStored() + " stored, " + job.getFailed() + " failed";
    }

    /** Without the moment at which Kafka took the prompt in. */
    private static String said(ImageRequest request) {
        return hash(ImageRequest.newBuilder(request)
                .setRequestedAt(Instant.EPOCH)
                .build()
                .toString());
    }

    private static String imageId(ImageRequest request) {
        return request.getImageId();
    }

    private static void merge(Map<String, List<String>> into, Map<String, List<String>> more) {
        more.forEach(
                (id, said) -> into.computeIfAbsent(id, i -> new ArrayList<>()).addAll(said));
    }

    private static <T extends SpecificRecord> Map<String, List<String>> read(
            StageConfig config, String topic, Class<T> type, Function<T, String> id, Function<T, String> content) {
        var found = new HashMap<String, List<String>>();
        try (Deserializer<T> deserializer = EventSerdes.deserializer(type, config.serde())) {
            for (ConsumerRecord<byte[], byte[]> each : readRaw(config, topic)) {
                T event = deserializer.deserialize(topic, each.headers(), each.value());
                found.computeIfAbsent(id.apply(event), i -> new ArrayList<>()).add(content.apply(event));
            }
        }
        return found;
    }

    private static List<ConsumerRecord<byte[], byte[]>> readRaw(StageConfig config, String topic) {
        var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer =
                new KafkaConsumer<>(config.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Map<TopicPartition, Long> ends = highWatermarks(config, WholeTopic.assign(consumer, topic));
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("A transaction on " + topic + " stays open: its readers are stuck");
                }
                consumer.poll(POLL).forEach(found::add);
            }
        }
        return found;
    }

    /** Of all that was written, committed or not. */
    private static Map<TopicPartition, Long> highWatermarks(StageConfig config, List<TopicPartition> partitions) {
        Map<String, Object> settings = config.consumer();
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.endOffsets(partitions);
        }
    }

    private static Map<String, String> objects(Map<String, String> settings) throws Exception {
        var found = new TreeMap<String, String>();
        try (var bucket = new MinioObjectStore(new StorageSinkConfig(settings).s3())) {
            var keys = new ArrayList<String>();
            bucket.list("", (key, written) -> keys.add(key));
            for (String key : keys) {
                if (HALF_WRITTEN.matcher(key).matches()) {
                    continue;
                }
                try (InputStream content = bucket.get(key)) {
                    found.put(key, hash(ByteBuffer.wrap(content.readAllBytes())));
                }
            }
        }
        return found;
    }

    private static String hash(String text) {
        return hash(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String hash(ByteBuffer bytes) {
        MessageDigest digest = Hashes.sha256();
        digest.update(bytes.duplicate());
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String text(byte @Nullable [] key) {
        return key == null ? "(no key)" : new String(key, StandardCharsets.UTF_8);
    }
}
