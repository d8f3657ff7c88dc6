package org.dallemini.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.serde.EventSerdes;
import org.dallemini.serde.TrustedEvents;

/** Publishes a prompt as an event and waits until its image is stored or has failed. */
public final class PublishPrompt {
    private static final List<String> ENDS =
            List.of("stored-images", "prompts.dlq", "image-requests.dlq", "image-tokens.dlq", "images.dlq");

    private PublishPrompt() {}

    public static void main(String[] args) throws Exception {
        String text = args.length == 0 ? "a red circle on a blue background" : args[0];
        Map<String, Object> kafka = Map.of("bootstrap.servers", or("BOOTSTRAP_SERVERS", "127.0.0.1:9092"));
        Map<String, Object> registry =
                Map.of("schema.registry.url", or("SCHEMA_REGISTRY_URL", "http://127.0.0.1:8081"));
        String id = UUID.randomUUID().toString();
        TrustedEvents.allow(); // Avro makes no classes that nobody has vouched for

        Map<String, Object> reading =
                Map.of("bootstrap.servers", kafka.get("bootstrap.servers"), "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new ByteArrayDeserializer())) {
            // From here on, so that nothing is missed. A service would rather have a group.id and read all.
            List<TopicPartition> partitions = new ArrayList<>();
            ENDS.forEach(topic -> consumer.partitionsFor(topic)
                    .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition()))));
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);

            PromptRequest prompt = PromptRequest.newBuilder().setText(text).build();
            var record = new ProducerRecord<>("prompts", id, prompt);
            // CloudEvents, binary mode: the prompt has the event's id, and the headers come back with the image.
            header(record, "ce_specversion", "1.0");
            header(record, "ce_id", id);
            header(record, "ce_source", "/examples/java");
            header(record, "ce_type", "org.dallemini.prompt.requested");
            header(record, "ce_time", Instant.now().toString());
            header(record, "content-type", "application/avro");
            try (var producer = new KafkaProducer<>(
                    kafka, new StringSerializer(), EventSerdes.<PromptRequest>serializer(registry))) {
                producer.send(record).get();
            }
            System.err.println("published " + id);

            Deserializer<StoredImage> images = EventSerdes.deserializer(StoredImage.class, registry);
            Instant end = Instant.now().plus(Duration.ofMinutes(5));
            while (Instant.now().isBefore(end)) {
                for (ConsumerRecord<String, byte[]> ended : consumer.poll(Duration.ofSeconds(1))) {
                    if (!id.equals(header(ended, "ce_id"))) {
                        continue; // somebody else's
                    }
                    if (!ended.topic().equals("stored-images")) {
                        System.err.println(header(ended, "dallemini.error.code") + ": "
                                + header(ended, "__streams.errors.message"));
                        System.exit(1);
                    }
                    StoredImage image = images.deserialize(ended.topic(), ended.value());
                    System.out.println(image.getBucket() + "/" + image.getKey());
                    return;
                }
            }
        }
        System.err.println("no answer within 5 minutes: does the pipeline run?");
        System.exit(1);
    }

    private static String or(String variable, String otherwise) {
        String value = System.getenv(variable);
        return value == null ? otherwise : value;
    }

    private static void header(ProducerRecord<?, ?> record, String name, String value) {
        record.headers().add(name, value.getBytes(UTF_8));
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}
