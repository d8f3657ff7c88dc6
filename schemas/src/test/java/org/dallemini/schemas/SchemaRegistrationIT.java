package org.dallemini.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.SchemaBuilder;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.schemas.SchemaRegistration.Checked;
import org.dallemini.schemas.SchemaRegistration.Registered;
import org.dallemini.schemas.SchemaRegistration.Shown;
import org.dallemini.schemas.SchemaRegistration.Status;
import org.dallemini.serde.RegistryException;
import org.dallemini.serde.SchemaRegistryClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaRegistrationIT {
    @TempDir
    static Path dataDir;

    private static EmbeddedKafka kafka;
    private static EmbeddedSchemaRegistry registry;

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

    private static SchemaRegistryClient client() {
        return new SchemaRegistryClient(Map.of("schema.registry.url", registry.url()));
    }

    private static SchemaRegistration registration(String prefix) {
        return new SchemaRegistration(client(), EventSchemas.load(), new Topics(prefix));
    }

    @Test
    void shouldRegisterOnce() {
        // Given
        SchemaRegistration registration = registration("once.");
        assertThat(registration.check()).extracting(Checked::status).containsOnly(Status.MISSING);

        // When
        List<Registered> first = registration.register();
        List<Registered> second = registration.register();

        // Then
        assertThat(first).hasSize(12).allMatch(Registered::created).allMatch(r -> r.version() == 1);
        assertThat(second).noneMatch(Registered::created);
        assertThat(second)
                .extracting(Registered::id)
                .isEqualTo(first.stream().map(Registered::id).toList());
        assertThat(registration.check()).allMatch(Checked::usable);
        assertThat(registration.show())
                .filteredOn(shown -> shown.subject().startsWith("once."))
                .hasSize(12)
                .filteredOn(shown -> shown.subject().equals("once.prompts-value"))
                .singleElement()
                .satisfies(shown -> {
                    assertThat(shown.level()).isEqualTo("FULL_TRANSITIVE");
                    assertThat(shown.versions()).containsExactly(1);
                    assertThat(shown.latest().schema().toString())
                            .isEqualTo(
                                    EventSchemas.load().schema("PromptRequest").toString());
                });
    }

    @Test
    void shouldTellCompatibleFromIncompatible() {
        // Given: one subject that ours can follow, one that it cannot
        SchemaRegistryClient client = client();
        client.register(
                "other.prompts-value",
                SchemaBuilder.record("PromptRequest")
                        .namespace("org.dallemini.events")
                        .fields()
                        .requiredString("text")
                        .endRecord(),
                false);
        client.register(
                "other.jobs-value",
                SchemaBuilder.record("JobStatus")
                        .namespace("org.dallemini.events")
                        .fields()
                        .requiredInt("jobId")
                        .endRecord(),
                false);
        SchemaRegistration registration = registration("other.");

        // When
        List<Checked> checked = registration.check();

        // Then
        assertThat(checked)
                .filteredOn(c -> c.status() != Status.MISSING)
                .extracting(Checked::subject, Checked::status)
                .containsExactly(
                        tuple("other.prompts-value", Status.COMPATIBLE),
                        tuple("other.jobs-value", Status.INCOMPATIBLE));
        assertThat(checked.get(7).messages()).isNotEmpty().anyMatch(message -> message.contains("TYPE_MISMATCH"));
        assertThatThrownBy(registration::register)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("other.jobs-value")
                .hasMessageContaining("409");
        assertThat(registration.show()).extracting(Shown::subject).contains("other.prompts-value");
    }
}
