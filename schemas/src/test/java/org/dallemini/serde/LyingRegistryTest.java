package org.dallemini.serde;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.dallemini.events.PromptRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that answers, and not as it should: an outage, or a malformed record, and always soon. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LyingRegistryTest {
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpHandler handler) {
        server.createContext("/", handler);
    }

    private void answerSchema(String json) {
        answer(exchange -> {
            byte[] body = json.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(
                "schema.registry.url", "http://127.0.0.1:" + server.getAddress().getPort());
        settings.put("max.retries", 0);
        settings.put("http.read.timeout.ms", 2_000);
        return settings;
    }

    private void assertOutage(String message) {
        assertThatThrownBy(() -> new SchemaRegistryClient(settings()).byId(7))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(SerdeErrors.isOutage(e)).isTrue());
    }

    private void assertMalformed(String message) {
        assertThatThrownBy(() -> new SchemaRegistryClient(settings()).byId(7))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(SerdeErrors.isOutage(e)).isFalse());
    }

    @Test
    void shouldNotReadAnAnswerWithoutEnd() {
        answer(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] megabyte = new byte[1 << 20];
            try (exchange) {
                while (true) {
                    exchange.getResponseBody().write(megabyte);
                }
            }
        });
        assertOutage("longer than 8388608 bytes");
    }

    @Test
    void shouldNotWaitForAnAnswerThatDrips() {
        answer(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (exchange) {
                while (!end.await(50, TimeUnit.MILLISECONDS)) {
                    exchange.getResponseBody().write(' ');
                    exchange.getResponseBody().flush();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertOutage("no whole answer within 2000 ms");
    }

    @Test
    void shouldNotFollowRedirects() {
        answer(exchange -> {
            exchange.getResponseHeaders().add("Location", exchange.getRequestURI() + "x");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        assertOutage("302");
    }

    @Test
    void shouldNotReadJsonOfEndlessDepth() {
        answerSchema("[".repeat(100_000));
        assertOutage("depth");
    }

    @Test
    void shouldBlameTheRecordForASchemaOfEndlessDepth() {
        String deep = "{\\\"type\\\":\\\"array\\\",\\\"items\\\":";
        answerSchema("{\"schema\":\"" + deep.repeat(5_000) + "\\\"int\\\"" + "}".repeat(5_000) + "\"}");
        assertMalformed("is not valid");
    }

    @Test
    void shouldNotFollowSchemasThatReferToEachOtherInACircle() {
        answerSchema("{\"schema\":\"\\\"A\\\"\",\"references\":[{\"name\":\"A\",\"subject\":\"a\",\"version\":1}]}");
        assertMalformed("more than 32 deep");
    }

    /** The id says PromptRequest, what comes is another record's schema: the body tells. */
    @Test
    void shouldBlameTheRecordIfTheSchemaIsAnother() {
        answerSchema(StubRegistry.schemaBody(SampleEvents.stored().getSchema()));
        assertThatThrownBy(() -> prompts().deserialize("prompts", new byte[] {0, 0, 0, 0, 7, 6, 'c', 'a', 't'}))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("schema id 7");
    }

    /**
     * Whoever may register a schema can add a field that contains itself; skipping it goes as deep as the body says.
     */
    @Test
    void shouldNotOverflowTheStackOnASchemaThatContainsItself() throws IOException {
        answerSchema(
                StubRegistry.schemaBody(
                        promptWith(
                                "{\"type\":\"record\",\"name\":\"Node\",\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"Node\"]}]}")));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(new byte[] {0, 0, 0, 0, 7});
        for (int i = 0; i < 500_000; i++) {
            body.write(2);
        }
        body.write(0);
        assertThatThrownBy(() -> prompts().deserialize("prompts", body.toByteArray()))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("nested too deep");
    }

    /** Elements without bytes: a few bytes that say there are billions of them, over and over. */
    @ParameterizedTest
    @ValueSource(longs = {1_000_000_000_000L, 2_000_000_000L})
    void shouldNotCountThingsThatTakeNoBytes(long count) throws IOException {
        answerSchema(StubRegistry.schemaBody(promptWith("{\"type\":\"array\",\"items\":\"null\"}")));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(new byte[] {0, 0, 0, 0, 7});
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(body, null);
        for (int i = 0; i < 1_000; i++) {
            encoder.writeLong(count);
        }
        encoder.writeLong(0);
        encoder.writeString("a cat");
        assertThatThrownBy(() -> prompts().deserialize("prompts", body.toByteArray()))
                .isInstanceOf(MalformedRecordException.class);
    }

    private AvroDeserializer<PromptRequest> prompts() {
        AvroDeserializer<PromptRequest> prompts = new AvroDeserializer<>(PromptRequest.class);
        prompts.configure(settings(), false);
        return prompts;
    }

    /** A writer's schema with a field that we do not know, in front of the text. */
    private static Schema promptWith(String type) {
        return new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"PromptRequest\",\"namespace\":\"org.dallemini.events\","
                        + "\"fields\":[{\"name\":\"junk\",\"type\":" + type
                        + "},{\"name\":\"text\",\"type\":\"string\"}]}");
    }
}
