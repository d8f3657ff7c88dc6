package org.dallemini.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.PromptRequest;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.storage.StorageSinkConfig;

/** The embedded stack with the shipped model, seen from outside: another system that publishes and reads. */
final class Pipeline implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final EmbeddedStack stack;
    private final StageConfig config;

    private Pipeline(EmbeddedStack stack) {
        this.stack = stack;
        this.config = new StageConfig(StageConfig.definition(), stack.settings());
    }

    /** @param others settings besides the model's place, which may name another model */
    static Pipeline start(Path folder, Map<String, String> others) throws Exception {
        Path model = Path.of(System.getProperty("dallemini.root"), "models", "shapes");
        var settings = new HashMap<String, String>();
        settings.put("model", model.toString());
        settings.put("model.cache", folder.resolve("models").toString());
        settings.putAll(others);
        return new Pipeline(EmbeddedStack.start(
                StackSettings.onFreePorts(folder.resolve("stack"), StackSettings.Stages.ALL, settings), phase -> {}));
    }

    void publish(Collection<PromptRequest> requests) {
        try (var producer = new KafkaProducer<>(
                config.producer(), new StringSerializer(), EventSerdes.<PromptRequest>serializer(config.serde()))) {
            for (PromptRequest request : requests) {
                producer.send(new ProducerRecord<>(config.topics().prompts(), request.getId(), request));
            }
        }
    }

    StageConfig config() {
        return config;
    }

    /** The answer of the readiness probe; it says what each stage waits for. */
    HttpResponse<String> readiness() throws IOException, InterruptedException {
        HttpRequest question = HttpRequest.newBuilder(URI.create(stack.managementUrl() + "/readyz"))
                .build();
        return HTTP.send(question, HttpResponse.BodyHandlers.ofString());
    }

    /** A record's value as its publisher would serialise it. */
    byte[] bytes(String topic, SpecificRecord record) {
        try (Serializer<SpecificRecord> serializer = EventSerdes.serializer(config.serde())) {
            return serializer.serialize(topic, record);
        }
    }

    /** Publishes bytes as they are; the places of the records, in their order. */
    List<RecordMetadata> publishBytes(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (var producer =
                new KafkaProducer<>(config.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent =
                    records.stream().map(producer::send).toList();
            var places = new ArrayList<RecordMetadata>();
            for (Future<RecordMetadata> each : sent) {
                places.add(each.get());
            }
            return places;
        }
    }

    /** The records of the prompts' first images, each exactly one; keyed by prompt id. */
    <T extends SpecificRecord> Map<String, T> collect(String topic, Class<T> type, Collection<String> prompts) {
        Deserializer<T> values = EventSerdes.deserializer(type, config.serde());
        var found = new HashMap<String, T>();
        read(topic, values, prompts, found.keySet(), (prompt, record) -> assertThat(found.put(prompt, record.value()))
                .describedAs("a second record of %s", prompt)
                .isNull());
        return found;
    }

    /** The error codes and messages of the prompts' dead letters, as {@code code: message}; keyed by prompt id. */
    Map<String, String> deadLetters(String topic, Collection<String> prompts) {
        var found = new HashMap<String, String>();
        read(
                topic,
                new ByteArrayDeserializer(),
                prompts,
                found.keySet(),
                (prompt, record) -> found.put(
                        prompt, header(record, DeadLetters.CODE) + ": " + header(record, DeadLetters.MESSAGE)));
        return found;
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(
                Objects.requireNonNull(record.headers().lastHeader(name)).value(), StandardCharsets.UTF_8);
    }

    private <T> void read(
            String topic,
            Deserializer<T> values,
            Collection<String> prompts,
            Collection<String> found,
            BiConsumer<String, ConsumerRecord<String, T>> taker) {
        try (var consumer = new KafkaConsumer<>(config.consumer(), new StringDeserializer(), values)) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (!found.containsAll(prompts)) {
                assertThat(System.nanoTime())
                        .describedAs("waiting for %s, have %s", prompts, found)
                        .isLessThan(deadline);
                for (ConsumerRecord<String, T> record : consumer.poll(Duration.ofMillis(100))) {
                    taker.accept(record.key().replaceFirst("/.*", ""), record);
                }
            }
        }
    }

    /** An object of the bucket. */
    byte[] object(String key) throws Exception {
        try (var store = new MinioObjectStore(new StorageSinkConfig(stack.settings()).s3());
                InputStream content = store.get(key)) {
            return content.readAllBytes();
        }
    }

    static int[] tokens(ImageTokens record) {
        assertThat(record.getTokens().remaining()).isEqualTo(2 * record.getRows() * record.getColumns());
        return tokens(record.getTokens());
    }

    static int[] tokens(ByteBuffer record) {
        ByteBuffer bytes = record.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int[] tokens = new int[bytes.remaining() / 2];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = Short.toUnsignedInt(bytes.getShort());
        }
        return tokens;
    }

    @Override
    public void close() {
        stack.close();
    }
}
