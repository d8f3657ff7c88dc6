package org.dallemini.serde;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.avro.Schema;
import org.dallemini.events.PromptRequest;
import org.junit.jupiter.api.Test;

class PlainSchemasTest {
    @Test
    void shouldTakeOutNothingButTheJavaProperty() {
        // Given
        Schema generated = PromptRequest.getClassSchema();
        assertThat(generated.toString()).contains("avro.java.string");

        // When
        Schema plain = PlainSchemas.of(generated);

        // Then
        assertThat(plain.toString())
                .isEqualTo(generated
                        .toString()
                        .replace("{\"type\":\"string\",\"avro.java.string\":\"String\"}", "\"string\"")
                        .replace(",\"avro.java.string\":\"String\"", ""));
        assertThat(PlainSchemas.of(plain)).isSameAs(plain);
    }
}
