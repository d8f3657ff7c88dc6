package org.dallemini.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.PromptRequest;
import org.dallemini.schemas.EventSchemas;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AvroDeserializerTest {
    private static final int PROMPT = 1;
    private static final int TOKENS = 2;
    private static final int MODEL = 3;
    private static final int UNKNOWN = 99;
    private static final EventSchemas SCHEMAS = EventSchemas.load();

    private StubRegistry registry;

    @BeforeEach
    void start() throws Exception {
        registry = new StubRegistry()
                .schema(PROMPT, SCHEMAS.schema("PromptRequest"))
                .schema(TOKENS, SCHEMAS.schema("ImageTokens"))
                .schema(MODEL, SCHEMAS.schema("ModelInfo"));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private AvroDeserializer<PromptRequest> prompts() {
        return configured(PromptRequest.class);
    }

    private <T extends SpecificRecord> AvroDeserializer<T> configured(Class<T> type) {
        AvroDeserializer<T> deserializer = new AvroDeserializer<>(type);
        deserializer.configure(registry.settings(), false);
        return deserializer;
    }

    static Stream<Arguments> malformed() throws Exception {
        byte[] good = framed(PROMPT, body(SCHEMAS.schema("PromptRequest"), SampleEvents.prompt()));
        return Stream.of(
                Arguments.of("empty", new byte[0], "0 bytes are too few"),
                Arguments.of("four bytes", new byte[4], "4 bytes are too few"),
                Arguments.of("wrong magic byte", with(good, 0, 5), "first byte is 5"),
                Arguments.of("text", "a red circle".getBytes(StandardCharsets.UTF_8), "first byte is 97"),
                Arguments.of("unknown id", framed(UNKNOWN, new byte[10]), "no schema with id 99"),
                Arguments.of("no body", framed(PROMPT, new byte[0]), "does not match schema id 1"),
                Arguments.of("truncated", Arrays.copyOf(good, good.length - 1), "does not match schema id 1"),
                Arguments.of("bytes left over", Arrays.copyOf(good, good.length + 1), "left over"),
                Arguments.of("another record", framed(MODEL, new byte[3]), "PromptRequest"),
                Arguments.of("negative length", framed(PROMPT, new byte[] {1}), "does not match schema id 1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void shouldReportMalformedRecords(String name, byte[] data, String message) {
        assertThatThrownBy(() -> prompts().deserialize("prompts", data))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("from topic prompts")
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(SerdeErrors.isOutage(e)).isFalse());
    }

    @Test
    void shouldReportNothingElseForRandomBytes() {
        // Given
        AvroDeserializer<ImageTokens> tokens = configured(ImageTokens.class);
        Random random = new Random(42);
        int failures = 0;

        // When
        for (int i = 0; i < 20_000; i++) {
            byte[] body = new byte[random.nextInt(200)];
            random.nextBytes(body);
            Throwable failure = catchThrowable(() -> tokens.deserialize("image-tokens", framed(TOKENS, body)));
            if (failure != null) {
                failures++;
                assertThat(failure).isInstanceOf(MalformedRecordException.class);
            }
        }

        // Then
        assertThat(failures).isGreaterThan(19_000);
    }

    @Test
    void shouldNotAllocateWhatAFalseLengthAsksFor() throws Exception {
        // Given: a text of 100 MB, and labels of 100 million entries, in a handful of bytes
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(text, null);
        encoder.writeLong(100L << 20);
        encoder.writeFixed(new byte[20]);

        ByteArrayOutputStream labels = new ByteArrayOutputStream();
        encoder = EncoderFactory.get().directBinaryEncoder(labels, encoder);
        encoder.writeString("a circle");
        encoder.writeIndex(0); // id
        encoder.writeIndex(0); // negativeText
        encoder.writeInt(1); // count
        encoder.writeIndex(0); // seed
        encoder.writeIndex(0); // sampling
        encoder.writeEnum(0); // lane
        encoder.writeIndex(0); // jobId
        encoder.writeLong(100_000_000);
        encoder.writeString("key");
        encoder.writeString("value");

        // When, Then
        AvroDeserializer<PromptRequest> prompts = prompts();
        for (byte[] body : new byte[][] {text.toByteArray(), labels.toByteArray()}) {
            assertThat(catchThrowable(() -> prompts.deserialize("prompts", framed(PROMPT, body))))
                    .isInstanceOf(MalformedRecordException.class);
            long before = allocated();
            assertThat(catchThrowable(() -> prompts.deserialize("prompts", framed(PROMPT, body))))
                    .isInstanceOf(MalformedRecordException.class);
            assertThat(allocated() - before).isLessThan(5 << 20);
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    void shouldReadOlderAndNewerVersionsIntoTodaysClass() throws Exception {
        // Given: a version without most fields, and one with a field that we do not know
        Schema older = SchemaBuilder.record("PromptRequest")
                .namespace("org.dallemini.events")
                .fields()
                .requiredString("text")
                .endRecord();
        Schema newer = SchemaBuilder.record("PromptRequest")
                .namespace("org.dallemini.events")
                .fields()
                .requiredString("style")
                .requiredString("text")
                .name("count")
                .type()
                .intType()
                .intDefault(1)
                .endRecord();
        registry.schema(4, older).schema(5, newer);
        GenericRecord old = new GenericData.Record(older);
        old.put("text", "a circle");
        GenericRecord young = new GenericData.Record(newer);
        young.put("style", "cubism");
        young.put("text", "a cube");
        young.put("count", 3);

        // When, Then
        AvroDeserializer<PromptRequest> prompts = prompts();
        assertThat(prompts.deserialize("prompts", framed(4, body(older, old))))
                .isEqualTo(PromptRequest.newBuilder().setText("a circle").build());
        assertThat(prompts.deserialize("prompts", framed(5, body(newer, young))))
                .isEqualTo(
                        PromptRequest.newBuilder().setText("a cube").setCount(3).build());
    }

    @Test
    void shouldReadTheHeaderFormOfVersion8() throws Exception {
        // Given
        UUID guid = UUID.fromString("89791762-2336-186f-9674-299b90a802e2");
        registry.answer("GET", "/schemas/guids/" + guid, 200, StubRegistry.schemaBody(SCHEMAS.schema("PromptRequest")));
        byte[] header = ByteBuffer.allocate(17)
                .put((byte) 1)
                .putLong(guid.getMostSignificantBits())
                .putLong(guid.getLeastSignificantBits())
                .array();
        Headers headers = new RecordHeaders().add("__value_schema_id", header);
        byte[] body = body(SCHEMAS.schema("PromptRequest"), SampleEvents.prompt());

        // When, Then
        assertThat(prompts().deserialize("prompts", headers, body)).isEqualTo(SampleEvents.prompt());

        Headers byId = new RecordHeaders().add("__value_schema_id", framed(PROMPT, new byte[0]));
        assertThat(prompts().deserialize("prompts", byId, body)).isEqualTo(SampleEvents.prompt());

        Headers wrong = new RecordHeaders().add("__value_schema_id", new byte[] {2, 3});
        assertThatThrownBy(() -> prompts().deserialize("prompts", wrong, body))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("__value_schema_id holds 2 bytes");
    }

    @Test
    void shouldReadGenericAndSpecificRecordsByConfiguration() throws Exception {
        // Given
        byte[] data = framed(PROMPT, body(SCHEMAS.schema("PromptRequest"), SampleEvents.prompt()));
        Map<String, Object> settings = new HashMap<>(registry.settings());

        // When, Then
        AvroDeserializer<?> generic = new AvroDeserializer<>();
        generic.configure(settings, false);
        assertThat(generic.deserialize("prompts", data)).isInstanceOf(GenericData.Record.class);

        settings.put("specific.avro.reader", "true");
        AvroDeserializer<?> specific = new AvroDeserializer<>();
        specific.configure(settings, false);
        assertThat(specific.deserialize("prompts", data)).isEqualTo(SampleEvents.prompt());

        settings.put("specific.avro.value.type", ModelInfo.class.getName());
        AvroDeserializer<?> other = new AvroDeserializer<>();
        other.configure(settings, false);
        assertThatThrownBy(() -> other.deserialize("prompts", data)).isInstanceOf(MalformedRecordException.class);

        settings.put("specific.avro.value.type", String.class.getName());
        assertThatThrownBy(() -> new AvroDeserializer<>().configure(settings, false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("java.lang.String");
    }

    @Test
    void shouldPassTombstones() {
        assertThat(prompts().deserialize("prompts", null)).isNull();
        assertThat(registry.calls()).isEmpty();
    }

    private static byte[] framed(int id, byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) 0)
                .putInt(id)
                .put(body)
                .array();
    }

    private static byte[] with(byte[] data, int index, int value) {
        byte[] changed = data.clone();
        changed[index] = (byte) value;
        return changed;
    }

    private static byte[] body(Schema schema, Object record) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        if (record instanceof PromptRequest prompt) {
            new SpecificDatumWriter<>(PromptRequest.class).write(prompt, encoder);
        } else {
            new GenericDatumWriter<>(schema).write(record, encoder);
        }
        return out.toByteArray();
    }
}
