package org.dallemini.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.events.PromptRequest;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.serde.StubRegistry.Call;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AvroSerializerTest {
    private static final Schema PROMPT = EventSchemas.load().schema("PromptRequest");

    private StubRegistry registry;
    private Map<String, Object> settings;

    @BeforeEach
    void start() throws Exception {
        registry = new StubRegistry();
        settings = new HashMap<>(registry.settings());
        settings.put("auto.register.schemas", "false");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private AvroSerializer<PromptRequest> serializer() {
        AvroSerializer<PromptRequest> serializer = new AvroSerializer<>();
        serializer.configure(settings, false);
        return serializer;
    }

    private static String version(int id, Schema schema) {
        ObjectNode answer = new ObjectMapper().createObjectNode();
        return answer.put("subject", "prompts-value")
                .put("version", 3)
                .put("id", id)
                .put("schema", schema.toString())
                .toString();
    }

    @Test
    void shouldAskForTheIdOnce() {
        // Given
        registry.answer("POST", "/subjects/prompts-value", 200, version(258, PROMPT));
        AvroSerializer<PromptRequest> serializer = serializer();

        // When
        byte[] bytes = serializer.serialize("prompts", SampleEvents.prompt());
        serializer.serialize("prompts", SampleEvents.prompt());

        // Then
        assertThat(bytes).startsWith(0, 0, 0, 1, 2);
        assertThat(registry.calls()).hasSize(1);
    }

    @Test
    void shouldSayWhatToDoWhenTheSchemaIsNotRegistered() {
        assertThatThrownBy(() -> serializer().serialize("prompts", SampleEvents.prompt()))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("schemas register")
                .hasMessageContaining("prompts-value");
    }

    @ParameterizedTest
    @CsvSource({
        "TopicNameStrategy, prompts-value",
        "io.confluent.kafka.serializers.subject.RecordNameStrategy, org.dallemini.events.PromptRequest",
        "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy, prompts-org.dallemini.events.PromptRequest"
    })
    void shouldNameTheSubjectByTheStrategy(String strategy, String subject) {
        // Given
        settings.put("value.subject.name.strategy", strategy);
        registry.answer("POST", "/subjects/" + subject, 200, version(1, PROMPT));

        // When
        serializer().serialize("prompts", SampleEvents.prompt());

        // Then
        assertThat(registry.calls()).extracting(Call::what).containsExactly("POST /subjects/" + subject);
    }

    @Test
    void shouldWriteAsTheLatestVersion() {
        // Given: a version that lacks most fields, has them in another order, and has one of its own
        Schema latest = SchemaBuilder.record("PromptRequest")
                .namespace("org.dallemini.events")
                .fields()
                .name("style")
                .type()
                .stringType()
                .stringDefault("plain")
                .name("count")
                .type()
                .intType()
                .intDefault(1)
                .requiredString("text")
                .endRecord();
        settings.put("use.latest.version", "true");
        registry.answer("GET", "/subjects/prompts-value/versions/latest", 200, version(9, latest))
                .schema(9, latest);

        // When
        byte[] bytes = serializer().serialize("prompts", SampleEvents.prompt());

        // Then
        assertThat(ByteBuffer.wrap(bytes).getInt(1)).isEqualTo(9);
        AvroDeserializer<GenericRecord> generic = new AvroDeserializer<>();
        generic.configure(settings, false);
        GenericRecord read = generic.deserialize("prompts", bytes);
        assertThat(read).hasToString("{\"style\": \"plain\", \"count\": 4, \"text\": \"a café on the moon ☕🌙\"}");
    }

    @Test
    void shouldRefuseARecordThatDoesNotFitItsSchema() {
        // Given
        registry.answer("POST", "/subjects/prompts-value", 200, version(1, PROMPT));
        GenericRecord withoutText = new GenericData.Record(PROMPT);
        AvroSerializer<GenericRecord> serializer = new AvroSerializer<>();
        serializer.configure(settings, false);

        // When, Then
        assertThatThrownBy(() -> serializer.serialize("prompts", withoutText))
                .isExactlyInstanceOf(SerializationException.class)
                .hasMessageContaining("PromptRequest")
                .hasMessageContaining("text");
    }

    @Test
    void shouldTakeAwayTheSchemaHeaderOfAnotherTopic() {
        // Given
        registry.answer("POST", "/subjects/prompts-value", 200, version(1, PROMPT));
        Headers headers =
                new RecordHeaders().add("__value_schema_id", new byte[17]).add("traceparent", new byte[1]);

        // When
        serializer().serialize("prompts", headers, SampleEvents.prompt());

        // Then
        assertThat(headers).extracting(header -> header.key()).containsExactly("traceparent");
    }
}
