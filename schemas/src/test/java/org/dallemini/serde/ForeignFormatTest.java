package org.dallemini.serde;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.events.PromptRequest;
import org.dallemini.schemas.EventSchemas;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no Avro in Confluent's wire format is refused by its name, with what to do instead. */
class ForeignFormatTest {
    private static final String EVENT = """
            {"specversion": "1.0", "id": "p-1", "source": "/s", "type": "t", "data": {"text": "a circle"}}""";

    private StubRegistry registry;

    @BeforeEach
    void start() throws Exception {
        registry = new StubRegistry();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private PromptRequest read(Headers headers, byte[] data) {
        var deserializer = new AvroDeserializer<>(PromptRequest.class);
        deserializer.configure(registry.settings(), false);
        return Objects.requireNonNull(deserializer.deserialize("prompts", headers, data));
    }

    static Stream<Arguments> formats() throws Exception {
        Schema schema = PromptRequest.getClassSchema();
        TrustedEvents.allow();
        var model = SpecificData.getForClass(PromptRequest.class);
        var single = new ByteArrayOutputStream();
        new BinaryMessageEncoder<PromptRequest>(model, schema).encode(SampleEvents.prompt(), single);
        var file = new ByteArrayOutputStream();
        try (var writer = new DataFileWriter<PromptRequest>(new GenericDatumWriter<>(schema, model))) {
            writer.create(schema, file).append(SampleEvents.prompt());
        }
        byte[] bare = ForeignWriter.write(0, schema, model, SampleEvents.prompt());
        return Stream.of(
                Arguments.of("nothing", new byte[0], "it is empty"),
                Arguments.of("text", "a red circle ☕\n".getBytes(UTF_8), "it looks like text"),
                Arguments.of("XML", "<prompt/>".getBytes(UTF_8), "it looks like text"),
                Arguments.of("JSON", "{\"text\":\"a red circle\"}".getBytes(UTF_8), "it looks like JSON"),
                Arguments.of("JSON with a mark", "\ufeff [{}] ".getBytes(UTF_8), "it looks like JSON"),
                Arguments.of("event", EVENT.getBytes(UTF_8), "it looks like a CloudEvent in structured mode"),
                Arguments.of("UTF-16", EVENT.getBytes(UTF_16), "does not say by which schema"),
                Arguments.of("single object", single.toByteArray(), "single-object encoding"),
                Arguments.of("file", file.toByteArray(), "it looks like an Avro container file"),
                Arguments.of("bare Avro", Arrays.copyOfRange(bare, 5, bare.length), "does not say by which schema"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formats")
    void shouldNameWhatItLooksLike(String name, byte[] data, String message) {
        assertThatThrownBy(() -> read(new RecordHeaders(), data))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("docs/events.md");
        assertThat(registry.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/cloudevents+json",
                "Application/CloudEvents+JSON; charset=UTF-8",
                "application/cloudevents-batch+json",
                "application/cloudevents+avro",
                " application/cloudevents+protobuf;x=y"
            })
    void shouldNameStructuredCloudEventsByTheirContentType(String type) {
        Headers headers = new RecordHeaders().add("content-type", type.getBytes(UTF_8));
        String media = type.strip().split(";", 2)[0].toLowerCase(Locale.ROOT);
        for (byte[] data : new byte[][] {EVENT.getBytes(UTF_8), {0, 0, 0, 0, 9, 1}, {}}) {
            assertThatThrownBy(() -> read(headers, data))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessageContaining(media + ", this is a CloudEvent in structured mode")
                    .hasMessageContaining("binary mode")
                    .hasMessageNotContaining("looks like");
        }
    }

    @Test
    void shouldGoByTheBytesWhereTheyCanBeRead() throws Exception {
        // Given
        Schema schema = EventSchemas.load().schema("PromptRequest");
        registry.schema(1, schema);
        Headers headers = new RecordHeaders().add("content-type", "application/cloudevents+avro".getBytes(UTF_8));

        // When
        byte[] data = ForeignWriter.write(
                1,
                PromptRequest.getClassSchema(),
                SpecificData.getForClass(PromptRequest.class),
                SampleEvents.prompt());

        // Then
        assertThat(read(headers, data)).isEqualTo(SampleEvents.prompt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROTOBUF", "JSON"})
    void shouldNameOtherKindsOfSchemas(String kind) {
        registry.answer("GET", "/schemas/ids/5", 200, "{\"schemaType\":\"" + kind + "\",\"schema\":\"x\"}");
        assertThatThrownBy(() -> read(new RecordHeaders(), new byte[] {0, 0, 0, 0, 5, 0}))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("id 5 is " + kind + ", not Avro: write it with an Avro serializer");
    }
}
