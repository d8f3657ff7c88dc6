package org.dallemini.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.events.PromptRequest;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.SampleEvents.Sample;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our serdes and our registry against Confluent's own classes, over HTTP. */
class ConfluentConformanceIT {
    private static final Topics TOPICS = new Topics("team.");

    @TempDir
    static Path dataDir;

    private static EmbeddedKafka kafka;
    private static EmbeddedSchemaRegistry registry;

    @BeforeAll
    static void startWithOurSchemas() {
        kafka = EmbeddedKafka.start(dataDir, 0);
        registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0);
        new SchemaRegistration(new org.dallemini.serde.SchemaRegistryClient(settings()), EventSchemas.load(), TOPICS)
                .register();
    }

    @AfterAll
    static void stop() {
        registry.close();
        kafka.close();
    }

    static Stream<Sample> samples() {
        return SampleEvents.all(TOPICS);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldWriteTheSameBytesAsConfluent(Sample sample) {
        // Given
        Serializer<SpecificRecord> ours = EventSerdes.serializer(settings());
        Serializer<SpecificRecord> genuine = EventSerdes.serializer(genuineSettings());
        assertThat(genuine).isInstanceOf(KafkaAvroSerializer.class);

        // When
        byte[] bytes = ours.serialize(sample.topic(), sample.event());

        // Then
        assertThat(bytes).isEqualTo(genuine.serialize(sample.topic(), sample.event()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldReadWhatConfluentWrote(Sample sample) {
        // Given
        byte[] bytes = EventSerdes.serializer(genuineSettings()).serialize(sample.topic(), sample.event());
        Deserializer<? extends SpecificRecord> ours =
                EventSerdes.deserializer(sample.event().getClass(), settings());

        // When, Then
        assertThat(ours.deserialize(sample.topic(), bytes)).isEqualTo(sample.event());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldBeReadByConfluent(Sample sample) {
        // Given
        byte[] bytes = EventSerdes.serializer(settings()).serialize(sample.topic(), sample.event());
        Deserializer<? extends SpecificRecord> genuine =
                EventSerdes.deserializer(sample.event().getClass(), genuineSettings());
        assertThatThrownBy(() -> genuine.deserialize(sample.topic(), new byte[] {1}))
                .hasStackTraceContaining(KafkaAvroDeserializer.class.getName());

        // When, Then
        assertThat(genuine.deserialize(sample.topic(), bytes)).isEqualTo(sample.event());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldReadForeignSchemasByBothDeserializersAlike(Sample sample) throws Exception {
        // Given
        var writer = new ForeignWriter(7);
        Schema ours = EventSchemas.load().schema(sample.event().getSchema().getName());
        Schema theirs = writer.schemaFor(ours);
        byte[] bytes;
        try (KafkaAvroSerializer genuine = new KafkaAvroSerializer()) {
            genuine.configure(settings(), false);
            bytes = genuine.serialize("foreign-" + sample.topic(), writer.of(ours, theirs, sample.event()));
        }

        // When, Then
        for (Map<String, Object> settings : List.of(settings(), genuineSettings())) {
            assertThat(EventSerdes.deserializer(sample.event().getClass(), settings)
                            .deserialize(sample.topic(), bytes))
                    .isEqualTo(sample.event());
        }
    }

    @Test
    void shouldRefuseWhatDoesNotFitByBothDeserializersAlike() throws Exception {
        // Given
        Schema theirs = SchemaBuilder.record("Many")
                .fields()
                .requiredString("text")
                .requiredLong("COUNT")
                .endRecord();
        GenericRecord record = new GenericData.Record(theirs);
        record.put("text", "a circle");
        record.put("COUNT", 1L << 40);
        byte[] bytes;
        try (KafkaAvroSerializer genuine = new KafkaAvroSerializer()) {
            genuine.configure(settings(), false);
            bytes = genuine.serialize("anywhere", record);
        }

        // When, Then
        for (Map<String, Object> settings : List.of(settings(), genuineSettings())) {
            assertThatThrownBy(() -> EventSerdes.deserializer(PromptRequest.class, settings)
                            .deserialize(TOPICS.prompts(), bytes))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessageContaining("field COUNT: 1099511627776 does not fit");
        }
    }

    @Test
    void shouldBeReadByConfluentAsGenericRecord() {
        // Given
        byte[] bytes = EventSerdes.serializer(settings()).serialize(TOPICS.prompts(), SampleEvents.prompt());
        try (KafkaAvroDeserializer genuine = new KafkaAvroDeserializer()) {
            genuine.configure(settings(), false);

            // When
            GenericRecord read = (GenericRecord) genuine.deserialize(TOPICS.prompts(), bytes);

            // Then
            assertThat(read.get("text")).hasToString(SampleEvents.prompt().getText());
        }
    }

    @Test
    void shouldRegisterUnderTheSameIdAsConfluent() {
        // Given: both register on first use, ours without Java's properties as Confluent's does when asked to
        Map<String, Object> ours = new HashMap<>(settings());
        ours.put("auto.register.schemas", "true");
        Map<String, Object> genuine = new HashMap<>(genuineSettings());
        genuine.put("auto.register.schemas", "true");

        // When
        byte[] first = EventSerdes.serializer(ours).serialize("fresh", SampleEvents.prompt());
        byte[] second = EventSerdes.serializer(genuine).serialize("fresh", SampleEvents.prompt());

        // Then
        assertThat(first).isEqualTo(second);
    }

    @Test
    void shouldServeConfluentsRegistryClient() throws Exception {
        // Given
        Schema first =
                SchemaBuilder.record("Shape").fields().requiredString("name").endRecord();
        Schema wider = SchemaBuilder.record("Shape")
                .fields()
                .requiredString("name")
                .name("sides")
                .type()
                .intType()
                .intDefault(3)
                .endRecord();
        Schema broken =
                SchemaBuilder.record("Shape").fields().requiredInt("name").endRecord();

        try (SchemaRegistryClient client = new CachedSchemaRegistryClient(registry.url(), 100)) {
            // When, Then: registering
            int id = client.register("shapes-value", new AvroSchema(first));
            assertThat(client.register("shapes-value", new AvroSchema(first))).isEqualTo(id);
            assertThat(client.getId("shapes-value", new AvroSchema(first))).isEqualTo(id);
            assertThat(client.getVersion("shapes-value", new AvroSchema(first))).isOne();
            assertThat(client.getSchemaById(id).rawSchema()).isEqualTo(first);

            // compatibility
            assertThat(client.getCompatibility(null)).isEqualTo("BACKWARD");
            assertThat(client.testCompatibility("shapes-value", new AvroSchema(wider)))
                    .isTrue();
            assertThat(client.testCompatibilityVerbose("shapes-value", new AvroSchema(broken)))
                    .singleElement()
                    .asString()
                    .contains("TYPE_MISMATCH", "/fields/0/type");
            assertThat(client.updateCompatibility("shapes-value", "FULL_TRANSITIVE"))
                    .isEqualTo("FULL_TRANSITIVE");
            assertThat(client.getCompatibility("shapes-value")).isEqualTo("FULL_TRANSITIVE");
            assertThatThrownBy(() -> client.register("shapes-value", new AvroSchema(broken)))
                    .isInstanceOfSatisfying(RestClientException.class, e -> assertThat(e.getStatus())
                            .isEqualTo(409));
            client.deleteCompatibility("shapes-value");
            assertThat(client.getMode()).isEqualTo("READWRITE");

            // versions
            int next = client.register("shapes-value", new AvroSchema(wider));
            assertThat(client.getAllVersions("shapes-value")).containsExactly(1, 2);
            assertThat(client.getLatestSchemaMetadata("shapes-value").getId()).isEqualTo(next);
            assertThat(client.getSchemaMetadata("shapes-value", 1).getSchema()).isEqualTo(first.toString());
            assertThat(client.getAllSubjects()).contains("shapes-value", "team.prompts-value");
            assertThat(client.getAllSubjectsById(id)).containsExactly("shapes-value");

            // what is not there
            assertThatThrownBy(() -> client.getSchemaById(9999))
                    .isInstanceOfSatisfying(RestClientException.class, e -> assertThat(e.getErrorCode())
                            .isEqualTo(40403));
            assertThatThrownBy(() -> client.getLatestSchemaMetadata("nobody-value"))
                    .isInstanceOfSatisfying(RestClientException.class, e -> assertThat(e.getErrorCode())
                            .isEqualTo(40401));
            assertThatThrownBy(() -> client.getSchemaMetadata("shapes-value", 9))
                    .isInstanceOfSatisfying(RestClientException.class, e -> assertThat(e.getErrorCode())
                            .isEqualTo(40402));
        }
    }

    @Test
    void shouldTellOutagesFromBadRecordsOfConfluentsClasses() throws Exception {
        // Given
        byte[] good = EventSerdes.serializer(settings()).serialize(TOPICS.prompts(), SampleEvents.prompt());
        byte[] truncated = Arrays.copyOf(good, good.length - 3);
        byte[] unknownId = good.clone();
        unknownId[1] = 0x7f;
        byte[] wrongMagic = good.clone();
        wrongMagic[0] = 9;
        Deserializer<PromptRequest> genuine = EventSerdes.deserializer(PromptRequest.class, genuineSettings());
        Map<String, Object> nobodyThere = new HashMap<>(genuineSettings());
        nobodyThere.put("schema.registry.url", "http://127.0.0.1:" + freePort());
        nobodyThere.put("max.retries", 0);
        Deserializer<PromptRequest> alone = EventSerdes.deserializer(PromptRequest.class, nobodyThere);

        // When, Then
        for (byte[] bad : List.of(truncated, unknownId, wrongMagic)) {
            assertThatThrownBy(() -> genuine.deserialize(TOPICS.prompts(), bad))
                    .satisfies(e -> assertThat(SerdeErrors.isOutage(e)).isFalse());
        }
        assertThatThrownBy(() -> alone.deserialize(TOPICS.prompts(), good))
                .satisfies(e -> assertThat(SerdeErrors.isOutage(e)).isTrue());
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Map<String, Object> settings() {
        return Map.of("schema.registry.url", registry.url());
    }

    private static Map<String, Object> genuineSettings() {
        return Map.of(
                "schema.registry.url", registry.url(),
                "value.serializer", "io.confluent.kafka.serializers.KafkaAvroSerializer",
                "value.deserializer", "io.confluent.kafka.serializers.KafkaAvroDeserializer");
    }
}
