package org.dallemini.serde;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.events.PromptRequest;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.ReleasedSchemas;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.SampleEvents.Sample;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Records of every released version, as their publisher wrote them, read by today's classes; and prompts the reverse.
 */
class SchemaEvolutionTest {
    private static final EventSchemas TODAY = EventSchemas.load();
    private static final int ID = 7;

    private StubRegistry registry;

    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    @BeforeEach
    void start() throws Exception {
        registry = new StubRegistry();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    static Stream<Arguments> releasedRecords() {
        return Stream.of("v1", "v2", "v3", "v4", "v5", "v6", "v7").flatMap(version -> SampleEvents.all(new Topics(""))
                .filter(sample ->
                        ReleasedSchemas.has(version, sample.event().getSchema().getName()))
                .map(sample -> Arguments.of(version, sample)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("releasedRecords")
    void shouldReadWhatEveryReleasedVersionWrote(String version, Sample sample) throws Exception {
        // Given
        Schema then =
                ReleasedSchemas.of(version).schema(sample.event().getSchema().getName());
        byte[] written = write(sample.topic(), then, asOf(then, sample.event()));

        // When
        Deserializer<? extends SpecificRecord> reader =
                EventSerdes.deserializer(sample.event().getClass(), registry.settings());
        SpecificRecord read = reader.deserialize(sample.topic(), written);

        // Then: all that the version knew, and defaults for what it did not
        assertThat(read).isEqualTo(without(then, sample.event()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2", "v3", "v4", "v5", "v6", "v7"})
    void shouldWriteWhatReadersOfOlderPromptsUnderstand(String version) throws Exception {
        // Given
        Schema then = ReleasedSchemas.of(version).schema("PromptRequest");
        PromptRequest prompt = SampleEvents.prompt();

        // When: a reader of that version, which has the writer's schema from the registry
        byte[] written = write("prompts", TODAY.schema("PromptRequest"), prompt);
        GenericRecord read = new GenericDatumReader<GenericRecord>(TODAY.schema("PromptRequest"), then)
                .read(null, DecoderFactory.get().binaryDecoder(written, 5, written.length - 5, null));

        // Then
        assertThat(read).isEqualTo(asOf(then, prompt));
        assertThat(read.get("text")).hasToString(prompt.getText());
        assertThat(read.get("seed")).isEqualTo(prompt.getSeed());
    }

    /** Through the serializer, for a registry that holds the schema. */
    private byte[] write(String topic, Schema schema, GenericContainer record) {
        registry.schema(ID, schema)
                .answer(
                        "POST",
                        "/subjects/" + topic + "-value",
                        200,
                        "{\"subject\":\"s\",\"version\":1,\"id\":" + ID + ",\"schema\":\"{}\"}");
        Map<String, Object> settings = new HashMap<>(registry.settings());
        settings.put("auto.register.schemas", false);
        var writer = new AvroSerializer<>();
        writer.configure(settings, false);
        return Objects.requireNonNull(writer.serialize(topic, record));
    }

    /** What a publisher of that version would have made of the same values. */
    private static GenericRecord asOf(Schema then, SpecificRecord event) throws Exception {
        Schema writer = event.getSchema();
        var bytes = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new SpecificDatumWriter<SpecificRecord>(writer).write(event, encoder);
        encoder.flush();
        return new GenericDatumReader<GenericRecord>(writer, then)
                .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
    }

    /** The event with the fields that the version does not have as if they had been left out; no Avro resolution. */
    private static SpecificRecord without(Schema then, SpecificRecord event) {
        SpecificRecord copy = SpecificData.get().deepCopy(event.getSchema(), event);
        forget(then, copy);
        return copy;
    }

    private static void forget(Schema then, IndexedRecord record) {
        for (Field field : record.getSchema().getFields()) {
            Field old = then.getField(field.name());
            if (old == null) {
                record.put(field.pos(), SpecificData.get().getDefaultValue(field));
            } else if (record.get(field.pos()) instanceof IndexedRecord inner) {
                forget(recordIn(old.schema()), inner);
            }
        }
    }

    private static Schema recordIn(Schema schema) {
        return schema.isUnion()
                ? schema.getTypes().stream()
                        .filter(type -> type.getType() == Schema.Type.RECORD)
                        .findFirst()
                        .orElseThrow()
                : schema;
    }
}
