package org.dallemini.embedded.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.PortInUseException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The calls that Confluent's own client does not make; those it makes are tested with it, in the module schemas. */
class EmbeddedSchemaRegistryIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SHAPE =
            "{\"type\":\"record\",\"name\":\"Shape\",\"fields\":[{\"name\":\"name\",\"type\":\"string\"}]}";
    private static final String WITH_SIDES = SHAPE.replace("]}", ",{\"name\":\"sides\",\"type\":\"int\"}]}");
    private static final String WITH_SIDES_OR_3 =
            SHAPE.replace("]}", ",{\"name\":\"sides\",\"type\":\"int\",\"default\":3}]}");

    @TempDir
    static Path dataDir;

    private static EmbeddedKafka kafka;
    private static EmbeddedSchemaRegistry registry;

    private final HttpClient http = HttpClient.newHttpClient();

    record Answer(int status, JsonNode body) {}

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(dataDir, 0);
        registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0);
    }

    @AfterAll
    static void stop() {
        registry.close();
        kafka.close();
    }

    @Test
    void shouldRegisterASchemaOnce() throws Exception {
        // When
        Answer first = call("POST", "/subjects/once-value/versions", schema(SHAPE));
        Answer spaced = call("POST", "/subjects/once-value/versions", schema(SHAPE.replace(":", " : ")));
        Answer elsewhere = call("POST", "/subjects/elsewhere-value/versions", schema(SHAPE));
        Answer next = call("POST", "/subjects/once-value/versions", schema(WITH_SIDES_OR_3));

        // Then
        int id = first.body.path("id").asInt();
        assertThat(id).isPositive();
        assertThat(spaced.body.path("id").asInt()).isEqualTo(id);
        assertThat(elsewhere.body.path("id").asInt()).isEqualTo(id);
        assertThat(next.body.path("id").asInt()).isNotEqualTo(id);
        assertThat(call("GET", "/subjects/once-value/versions", "").body).hasToString("[1,2]");
        assertThat(call("GET", "/subjects/once-value/versions/latest", "")
                        .body
                        .path("version")
                        .asInt())
                .isEqualTo(2);
        assertThat(call("GET", "/subjects/once-value/versions/1/schema", "").body)
                .isEqualTo(JSON.readTree(SHAPE));
        assertThat(call("GET", "/schemas/ids/" + id, "").body.path("schema").asText())
                .isEqualTo(SHAPE);
        assertThat(call("GET", "/schemas/ids/" + id + "/schema", "").body).isEqualTo(JSON.readTree(SHAPE));
        assertThat(call("GET", "/schemas/ids/" + id + "/subjects", "").body)
                .extracting(JsonNode::asText)
                .contains("once-value", "elsewhere-value");
        String guid = call("POST", "/subjects/once-value", schema(SHAPE))
                .body
                .path("guid")
                .asText();
        assertThat(call("GET", "/schemas/guids/" + guid, "").body.path("schema").asText())
                .isEqualTo(SHAPE);
    }

    @Test
    void shouldCheckCompatibility() throws Exception {
        // Given
        call("POST", "/subjects/check-value/versions", schema(SHAPE));

        // When
        Answer good = call("POST", "/compatibility/subjects/check-value/versions/latest", schema(WITH_SIDES_OR_3));
        Answer bad = call("POST", "/compatibility/subjects/check-value/versions?verbose=true", schema(WITH_SIDES));
        Answer refused = call("POST", "/subjects/check-value/versions", schema(WITH_SIDES));

        // Then
        assertThat(good.body).hasToString("{\"is_compatible\":true}");
        assertThat(bad.body.path("is_compatible").asBoolean()).isFalse();
        assertThat(bad.body.path("messages").path(0).asText()).contains("READER_FIELD_MISSING_DEFAULT_VALUE", "sides");
        assertThat(refused.status).isEqualTo(409);
        assertThat(refused.body.path("error_code").asInt()).isEqualTo(409);
        assertThat(refused.body.path("message").asText()).contains("check-value", "sides");

        call("PUT", "/config/check-value", "{\"compatibility\":\"none\"}");
        assertThat(call("POST", "/subjects/check-value/versions", schema(WITH_SIDES)).status)
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GET    | /subjects/nobody/versions                      |                                   | 404 | 40401
                    GET    | /subjects/nobody/versions/1                    |                                   | 404 | 40401
                    POST   | /subjects/nobody                               | {"schema":"\\"string\\""}         | 404 | 40401
                    GET    | /subjects/codes-value/versions/9               |                                   | 404 | 40402
                    GET    | /subjects/codes-value/versions/0               |                                   | 422 | 42202
                    GET    | /subjects/codes-value/versions/new             |                                   | 422 | 42202
                    GET    | /schemas/ids/999                               |                                   | 404 | 40403
                    GET    | /schemas/ids/-1                                |                                   | 404 | 40403
                    GET    | /schemas/ids/999/subjects                      |                                   | 404 | 40403
                    GET    | /schemas/guids/nonsense                        |                                   | 404 | 40403
                    POST   | /subjects/codes-value                          | {"schema":"\\"int\\""}            | 404 | 40403
                    POST   | /subjects/codes-value/versions                 | {"schema":"{\\"type\\":\\"x\\"}"} | 422 | 42201
                    POST   | /subjects/codes-value/versions                 | {"schema":5}                      | 422 | 42201
                    POST   | /subjects/codes-value/versions                 |                                   | 422 | 42201
                    POST   | /subjects/codes-value/versions                 | {"schema":"\\"int\\"","schemaType":"JSON"} | 422 | 42201
                    POST   | /subjects/codes-value/versions                 | {"schema":"\\"int\\"","references":[{}]} | 422 | 42201
                    POST   | /subjects/codes-value/versions                 | {"schema":"\\"int\\"","id":7}     | 422 | 42205
                    POST   | /subjects/codes-value/versions                 | {"schema                          | 400 | 400
                    POST   | /compatibility/subjects/codes-value/versions/9 | {"schema":"\\"int\\""}            | 404 | 40402
                    GET    | /config/codes-value                            |                                   | 404 | 40408
                    DELETE | /config/codes-value                            |                                   | 404 | 40408
                    PUT    | /config                                        | {"compatibility":"SOME"}          | 422 | 42203
                    GET    | /mode/codes-value                              |                                   | 404 | 40409
                    GET    | /nowhere                                       |                                   | 404 | 404
                    DELETE | /subjects/codes-value                          |                                   | 405 | 405
                    """)
    void shouldAnswerWithTheCodesThatClientsKnow(String method, String path, String body, int status, int code)
            throws Exception {
        // Given
        call("POST", "/subjects/codes-value/versions", schema(SHAPE));

        // When
        Answer answer = call(method, path, body == null ? "" : body);

        // Then
        assertThat(answer.status).isEqualTo(status);
        assertThat(answer.body.path("error_code").asInt()).isEqualTo(code);
        assertThat(answer.body.path("message").asText()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /              | {}
                    /schemas/types | ["AVRO"]
                    /config        | {"compatibilityLevel":"BACKWARD"}
                    /config/nobody?defaultToGlobal=true | {"compatibilityLevel":"BACKWARD"}
                    /mode          | {"mode":"READWRITE"}
                    /mode/nobody?defaultToGlobal=true   | {"mode":"READWRITE"}
                    """)
    void shouldDescribeItself(String path, String body) throws Exception {
        assertThat(call("GET", path, "").body).isEqualTo(JSON.readTree(body));
    }

    @Test
    void shouldTakeSubjectsWithOddNames() throws Exception {
        // When
        call("POST", "/subjects/a%2Fb%20%C3%A9-value/versions", schema(SHAPE));

        // Then
        assertThat(call("GET", "/subjects", "").body)
                .extracting(JsonNode::asText)
                .contains("a/b é-value");
    }

    @Test
    void shouldRememberEverythingWhenStartedAgain(@TempDir Path other) throws Exception {
        // Given
        try (EmbeddedKafka broker = EmbeddedKafka.start(other, 0)) {
            Answer before;
            try (EmbeddedSchemaRegistry first = EmbeddedSchemaRegistry.start(broker.bootstrapServers(), 0)) {
                call(first, "POST", "/subjects/a-value/versions", schema(SHAPE));
                call(first, "POST", "/subjects/b-value/versions", schema("\"string\""));
                call(first, "POST", "/subjects/a-value/versions", schema(WITH_SIDES_OR_3));
                call(first, "PUT", "/config", "{\"compatibility\":\"FORWARD\"}");
                call(first, "PUT", "/config/a-value", "{\"compatibility\":\"FULL\"}");
                call(first, "PUT", "/config/b-value", "{\"compatibility\":\"NONE\"}");
                call(first, "DELETE", "/config/b-value", "");
                before = call(first, "GET", "/subjects/a-value/versions/latest", "");
            }

            // When
            try (EmbeddedSchemaRegistry second = EmbeddedSchemaRegistry.start(broker.bootstrapServers(), 0)) {
                // Then
                assertThat(call(second, "GET", "/subjects/a-value/versions/latest", ""))
                        .isEqualTo(before);
                assertThat(call(second, "GET", "/subjects", "").body).hasToString("[\"a-value\",\"b-value\"]");
                assertThat(call(second, "GET", "/config", "").body.toString()).contains("\"FORWARD\"");
                assertThat(call(second, "GET", "/config/a-value", "").body.toString())
                        .contains("\"FULL\"");
                assertThat(call(second, "GET", "/config/b-value", "").status).isEqualTo(404);
                assertThat(call(second, "POST", "/subjects/c-value/versions", schema("\"int\""))
                                .body
                                .path("id")
                                .asInt())
                        .isEqualTo(4);
            }
            assertThat(cleanupPolicy(broker)).isEqualTo("compact");
        }
    }

    private static String cleanupPolicy(EmbeddedKafka broker) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "_schemas");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            Config config = admin.describeConfigs(List.of(topic))
                    .all()
                    .get(30, TimeUnit.SECONDS)
                    .values()
                    .iterator()
                    .next();
            return config.get("cleanup.policy").value();
        }
    }

    @Test
    void shouldSayWhenThePortIsTaken() {
        assertThatThrownBy(() -> EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), registry.port()))
                .isInstanceOf(PortInUseException.class)
                .hasMessageContaining("embedded.registry.port");
    }

    private Answer call(String method, String path, String body) throws Exception {
        return call(registry, method, path, body);
    }

    private Answer call(EmbeddedSchemaRegistry registry, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(registry.url() + path))
                .method(method, BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        JsonNode answer = response.body().isEmpty() ? MissingNode.getInstance() : JSON.readTree(response.body());
        return new Answer(response.statusCode(), answer);
    }

    private static String schema(String schema) {
        return JSON.createObjectNode().put("schema", schema).toString();
    }
}
