package org.dallemini.ingest.webhooks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.events.ImageRequest;
import org.dallemini.ingest.PromptIngest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.Servers;
import org.dallemini.ingest.WithServers;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.prompt.Webhook;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Metrics;
import org.dallemini.stage.RunningStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Whole processes with a real broker, a real registry and a real receiver; the test draws and stores the images. */
@Execution(ExecutionMode.CONCURRENT)
class WebhooksIT extends WithServers {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private PromptIngestConfig config;
    private KafkaProducer<byte[], byte[]> producer;
    private KafkaConsumer<byte[], byte[]> requests;
    private Serializer<SpecificRecord> serializer;
    private Deserializer<ImageRequest> deserializer;

    private PromptIngestConfig config(String state, boolean privateAllowed) {
        Map<String, String> settings = servers.settings(prefix);
        settings.put("state.dir", dir.resolve(prefix + state).toString());
        settings.put("api.port", "0");
        settings.put(WebhookSettings.SECRETS, Receiver.SECRET);
        settings.put(WebhookSettings.PRIVATE_ADDRESSES, Boolean.toString(privateAllowed));
        return new PromptIngestConfig(settings);
    }

    @BeforeEach
    void connect() {
        config = config("state", true);
        Servers.createTopicsAndSchemas(config.stage());
        serializer = EventSerdes.serializer(config.stage().serde());
        deserializer =
                EventSerdes.deserializer(ImageRequest.class, config.stage().serde());
        producer = producer(config.stage());
        Map<String, Object> settings = new HashMap<>(config.stage().consumer());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, prefix + "stages");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        requests = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        requests.subscribe(List.of(topics.imageRequests()));
    }

    @AfterEach
    void disconnect() {
        producer.close();
        requests.close();
    }

    private static HttpResponse<String> submit(List<RunningStage> process, String job, String url) {
        int port = process.stream()
                .filter(ApiServer.class::isInstance)
                .map(stage -> ((ApiServer) stage).port())
                .findFirst()
                .orElseThrow();
        String body = "{\"id\":\"%s\",\"prompts\":[\"a cat\"],\"webhook\":{\"url\":\"%s\"}}".formatted(job, url);
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/jobs"))
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What the other stages do: the image of the next request is stored, under the headers of its prompt. */
    private void storeNext() {
        ConsumerRecord<byte[], byte[]> asked = await().atMost(TIMEOUT)
                .until(() -> requests.poll(Duration.ofMillis(100)), records -> !records.isEmpty())
                .iterator()
                .next();
        ImageRequest request = deserializer.deserialize(topics.imageRequests(), asked.value());
        store(request, asked.headers());
    }

    private void store(ImageRequest request, Headers headers) {
        byte[] value = serializer.serialize(topics.storedImages(), Records.stored(request));
        producer.send(new ProducerRecord<>(
                topics.storedImages(), null, request.getImageId().getBytes(UTF_8), value, new RecordHeaders(headers)));
        producer.flush();
    }

    private static Set<String> types(Receiver receiver) {
        return receiver.messages().stream()
                .map(message -> json(message).path("type").asText())
                .collect(Collectors.toSet());
    }

    private static JsonNode json(Receiver.Message message) {
        try {
            return new JsonMapper().readTree(message.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double count(SimpleMeterRegistry meters, String outcome) {
        return meters.counter(Metrics.ITEMS, Metrics.STAGE, Webhooks.NAME, Metrics.OUTCOME, outcome)
                .count();
    }

    @Test
    void shouldTellOfImagesAndJobsAlsoAfterARestartWithoutItsLocalState() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        int port;
        List<RunningStage> first = PromptIngest.startAll(config, meters);
        try {
            // When
            try (Receiver receiver = Receiver.start(0, 204)) {
                port = receiver.port();
                assertThat(submit(first, "a", receiver.url("/hook")).statusCode())
                        .isEqualTo(202);
                storeNext();

                // Then
                await().atMost(TIMEOUT).untilAsserted(() -> assertThat(types(receiver))
                        .containsExactlyInAnyOrder("image.stored", "job.completed"));
                assertThat(receiver.messages())
                        .allSatisfy(message -> assertThat(message.path()).isEqualTo("/hook"))
                        .extracting(
                                message -> json(message).path("data").path("id").asText())
                        .contains("a", "a/0");
            }

            // When the receiver is away, and then the process, with all that it had on its disk
            assertThat(submit(first, "b", "http://127.0.0.1:" + port + "/hook").statusCode())
                    .isEqualTo(202);
            storeNext();
            await().atMost(TIMEOUT).until(() -> count(meters, "retried") >= 2);
            // Settled attempts are in the store with the next commit, or are made again.
        } finally {
            first.forEach(RunningStage::close);
        }
        List<RunningStage> second = PromptIngest.startAll(config("other", true), new SimpleMeterRegistry());
        try (Receiver receiver = Receiver.start(port, 200)) {
            // Then
            await().atMost(TIMEOUT).untilAsserted(() -> assertThat(types(receiver))
                    .containsExactlyInAnyOrder("image.stored", "job.completed"));
            assertThat(receiver.messages())
                    .extracting(message -> json(message).path("data").path("id").asText())
                    .containsOnly("b", "b/0");
        } finally {
            second.forEach(RunningStage::close);
        }
    }

    @Test
    void shouldNotSendToPrivateAddressesByDefault() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        List<RunningStage> process = PromptIngest.startAll(config("state", false), meters);
        try (Receiver receiver = Receiver.start(0, 200)) {
            // Refused at the door
            HttpResponse<String> refused = submit(process, "a", "https://127.0.0.1:" + receiver.port() + "/");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("/webhook", WebhookSettings.PRIVATE_ADDRESSES);

            // And where a publisher goes around it, by a name that is not looked up there
            Headers headers = new RecordHeaders();
            Webhook.of("https://localhost:" + receiver.port() + "/", List.of()).write(headers);
            store(Records.request("j", "p", 0, 1), headers);
            await().atMost(TIMEOUT).until(() -> count(meters, "retried") >= 1);
            assertThat(receiver.messages()).isEmpty();
        } finally {
            process.forEach(RunningStage::close);
        }
    }
}
