package org.dallemini.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.serde.StubRegistry.Call;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaRegistryClientTest {
    private static final Schema SHAPE =
            SchemaBuilder.record("Shape").fields().requiredString("name").endRecord();

    private StubRegistry stub;

    @BeforeEach
    void start() throws Exception {
        stub = new StubRegistry().schema(7, SHAPE);
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void shouldAskOnceWhenManyThreadsWantTheSameSchema() throws Exception {
        // Given
        SchemaRegistryClient client = new SchemaRegistryClient(stub.settings());
        ExecutorService threads = Executors.newFixedThreadPool(8);

        // When
        List<Future<Schema>> schemas = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            schemas.add(threads.submit(() -> client.byId(7)));
        }

        // Then
        for (Future<Schema> schema : schemas) {
            assertThat(schema.get(10, TimeUnit.SECONDS)).isEqualTo(SHAPE);
        }
        assertThat(stub.calls()).hasSize(1);
        threads.shutdown();
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 429, 408, 401, 403})
    void shouldReportAnOutageWhenTheRegistryFails(int status) {
        // Given
        stub.answer("GET", "/schemas/ids/7", status, "<html>sorry</html>");
        SchemaRegistryClient client = new SchemaRegistryClient(stub.settings());

        // When, Then
        assertThatThrownBy(() -> client.byId(7))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining(String.valueOf(status))
                .satisfies(e -> assertThat(SerdeErrors.isOutage(e)).isTrue());
        // once more, unless we are simply not let in
        assertThat(stub.calls()).hasSize(status == 401 || status == 403 ? 1 : 2);
    }

    @Test
    void shouldReportAnOutageWhenTheAnswerDoesNotEnd() {
        // Given
        stub.answer("GET", "/schemas/ids/8", 200, "{\"schema\":\"" + "x".repeat(9 << 20) + "\"}");
        SchemaRegistryClient client = new SchemaRegistryClient(stub.settings());

        // When / Then
        assertThatExceptionOfType(RegistryUnavailableException.class)
                .isThrownBy(() -> client.byId(8))
                .withMessageContaining("longer than 8388608 bytes");
    }

    @Test
    void shouldReportAnOutageWhenNobodyListens() throws Exception {
        // Given
        Map<String, Object> settings = new HashMap<>(stub.settings());
        settings.put("schema.registry.url", "http://127.0.0.1:" + freePort());

        // When, Then
        assertThatThrownBy(() -> new SchemaRegistryClient(settings).byId(7))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("schema.registry.url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>welcome</html>", "{}", "[]", "", "{\"schema\":5}"})
    void shouldReportAnOutageWhenTheAnswerMakesNoSense(String body) {
        // Given
        stub.answer("GET", "/schemas/ids/7", 200, body);

        // When, Then
        assertThatThrownBy(() -> new SchemaRegistryClient(stub.settings()).byId(7))
                .isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void shouldNotBlameTheRecordForAWrongAddress() {
        // Given
        stub.answer("GET", "/schemas/ids/7", 404, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}");

        // When, Then
        assertThatThrownBy(() -> new SchemaRegistryClient(stub.settings()).byId(7))
                .isInstanceOf(RegistryException.class)
                .satisfies(e -> assertThat(SerdeErrors.isOutage(e)).isTrue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    404 | {"error_code":40403,"message":"Schema 7 not found"}  | has no schema with id 7
                    200 | {"schema":"{\\"type\\":\\"nope\\"}"}                 | is not valid
                    200 | {"schemaType":"PROTOBUF","schema":"syntax=3"}       | is PROTOBUF, not Avro
                    """)
    void shouldBlameTheRecordForASchemaThatCannotBeUsed(int status, String body, String message) {
        // Given
        stub.answer("GET", "/schemas/ids/7", status, body);

        // When, Then
        assertThatThrownBy(() -> new SchemaRegistryClient(stub.settings()).byId(7))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldTryAgainAndThenTheNextAddress() throws Exception {
        // Given
        Map<String, Object> settings = new HashMap<>(stub.settings());
        settings.put("schema.registry.url", "http://127.0.0.1:" + freePort() + ", " + stub.url() + "/");
        stub.answerNext(503, "");

        // When, Then
        assertThat(new SchemaRegistryClient(settings).byId(7)).isEqualTo(SHAPE);
        assertThat(stub.calls()).hasSize(2);
    }

    @Test
    void shouldSendUserAndPasswordOfTheAddress() {
        // Given
        Map<String, Object> settings = new HashMap<>(stub.settings());
        settings.put("schema.registry.url", "http://ann:s%3Acret@127.0.0.1:" + stub.port());

        // When
        new SchemaRegistryClient(settings).byId(7);

        // Then: ann:s:cret
        assertThat(stub.calls()).containsExactly(new Call("GET /schemas/ids/7", "Basic YW5uOnM6Y3JldA=="));
    }

    @ParameterizedTest
    @CsvSource({
        "basic.auth.user.info, ann:s:cret, Basic YW5uOnM6Y3JldA==",
        "schema.registry.basic.auth.user.info, ann:s:cret, Basic YW5uOnM6Y3JldA==",
        "bearer.auth.token, t0ken, Bearer t0ken"
    })
    void shouldSendConfiguredCredentials(String setting, String secret, String header) {
        // Given
        Map<String, Object> settings = new HashMap<>(stub.settings());
        settings.put("basic.auth.credentials.source", setting.startsWith("bearer") ? "URL" : "USER_INFO");
        settings.put(setting, secret);

        // When
        new SchemaRegistryClient(settings).byId(7);

        // Then
        assertThat(stub.calls()).extracting(Call::authorization).containsExactly(header);
    }

    @Test
    void shouldNotShowThePassword() {
        // Given
        Map<String, Object> settings = new HashMap<>(stub.settings());
        settings.put("schema.registry.url", "http://ann:s3cret@127.0.0.1:" + stub.port());
        stub.answer("GET", "/schemas/ids/7", 401, "");

        // When, Then
        assertThatThrownBy(() -> new SchemaRegistryClient(settings).byId(7))
                .hasMessageContaining("127.0.0.1")
                .hasMessageNotContaining("s3cret");
        settings.put("schema.registry.url", "ann:s3cret@registry");
        assertThatThrownBy(() -> new SchemaRegistryClient(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("http://host:8081")
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "schema.registry.url, '', schema.registry.url",
        "basic.auth.credentials.source, SASL_INHERIT, USER_INFO",
        "basic.auth.credentials.source, USER_INFO, basic.auth.user.info",
        "value.subject.name.strategy, com.example.Mine, RecordNameStrategy"
    })
    void shouldRefuseSettingsItDoesNotUnderstand(String setting, String value, String message) {
        // Given
        Map<String, Object> settings = new HashMap<>(stub.settings());
        settings.put(setting, value);

        // When, Then
        assertThatThrownBy(() -> new AvroSerializer<>().configure(settings, false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldReadSchemasThatReferToOthers() {
        // Given
        Schema frame = SchemaBuilder.record("Frame")
                .fields()
                .name("shape")
                .type(SHAPE)
                .noDefault()
                .endRecord();
        String text = frame.toString().replace(SHAPE.toString(), "\"Shape\"");
        assertThat(text).isNotEqualTo(frame.toString());
        stub.answer(
                        "GET",
                        "/schemas/ids/8",
                        200,
                        "{\"schema\":" + quoted(text)
                                + ",\"references\":[{\"name\":\"Shape\",\"subject\":\"s-value\",\"version\":2}]}")
                .answer("GET", "/subjects/s-value/versions/2", 200, StubRegistry.schemaBody(SHAPE));

        // When, Then
        assertThat(new SchemaRegistryClient(stub.settings()).byId(8)).isEqualTo(frame);
    }

    /** Three levels of 16 that never define what they are named for would be 4368 calls. */
    @Test
    void shouldNotFollowReferencesWithoutEnd() {
        // Given
        for (int level = 0; level < 3; level++) {
            String reference = "{\"name\":\"None\",\"subject\":\"s" + level + "\",\"version\":1}";
            String references = String.join(",", Collections.nCopies(16, reference));
            stub.answer(
                    "GET",
                    level == 0 ? "/schemas/ids/9" : "/subjects/s" + (level - 1) + "/versions/1",
                    200,
                    "{\"schema\":\"\\\"int\\\"\",\"references\":[" + references + "]}");
        }
        stub.answer("GET", "/subjects/s2/versions/1", 200, "{\"schema\":\"\\\"int\\\"\"}");

        // When, Then
        assertThatThrownBy(() -> new SchemaRegistryClient(stub.settings()).byId(9))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("more than 256 schemas");
        assertThat(stub.calls()).hasSize(257);
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\"", "\\\"") + "\"";
    }

    @Test
    void shouldTrustTheGivenTruststore(@TempDir Path dir) throws Exception {
        // Given
        Path keystore = dir.resolve("keys.p12");
        keytool(keystore);
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(serverContext(keystore)));
        try (StubRegistry secure = new StubRegistry(https).schema(7, SHAPE)) {
            Map<String, Object> settings = new HashMap<>(stub.settings());
            settings.put("schema.registry.url", "https://127.0.0.1:" + secure.port());

            // When, Then
            assertThatThrownBy(() -> new SchemaRegistryClient(settings).byId(7))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("SSLHandshakeException");
            settings.put("schema.registry.ssl.truststore.location", keystore.toString());
            settings.put("schema.registry.ssl.truststore.type", "PKCS12");
            settings.put("schema.registry.ssl.truststore.password", "changeit");
            assertThat(new SchemaRegistryClient(settings).byId(7)).isEqualTo(SHAPE);
        }
    }

    private static void keytool(Path keystore) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "stub",
                        "-keyalg",
                        "EC",
                        "-storetype",
                        "PKCS12",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        keystore.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static SSLContext serverContext(Path keystore) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keystore)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
