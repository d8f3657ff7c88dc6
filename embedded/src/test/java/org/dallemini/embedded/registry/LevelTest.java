package org.dallemini.embedded.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LevelTest {
    private static final String HEAD = "{\"type\":\"record\",\"name\":\"Shape\",\"fields\":[";
    private static final String NAME = "{\"name\":\"name\",\"type\":\"string\"}";
    private static final String SIDES = "{\"name\":\"sides\",\"type\":\"int\"}";
    private static final String SIDES_OR_3 = "{\"name\":\"sides\",\"type\":\"int\",\"default\":3}";

    private static final Schema NAME_ONLY = StoredSchema.parse(HEAD + NAME + "]}");
    private static final Schema WITH_SIDES = StoredSchema.parse(HEAD + NAME + "," + SIDES + "]}");
    private static final Schema WITH_SIDES_OR_3 = StoredSchema.parse(HEAD + NAME + "," + SIDES_OR_3 + "]}");

    /** A required field is added, an optional field is added, a required field is taken away. */
    @ParameterizedTest
    @CsvSource({
        "NONE,     true,  true, true",
        "BACKWARD, false, true, true",
        "FORWARD,  true,  true, false",
        "FULL,     false, true, false",
        "BACKWARD_TRANSITIVE, false, true, true",
        "FORWARD_TRANSITIVE,  true,  true, false",
        "FULL_TRANSITIVE,     false, true, false"
    })
    void shouldJudgeChanges(Level level, boolean addRequired, boolean addOptional, boolean takeRequired) {
        assertThat(level.objections(WITH_SIDES, List.of(version(1, NAME_ONLY))).isEmpty())
                .isEqualTo(addRequired);
        assertThat(level.objections(WITH_SIDES_OR_3, List.of(version(1, NAME_ONLY)))
                        .isEmpty())
                .isEqualTo(addOptional);
        assertThat(level.objections(NAME_ONLY, List.of(version(1, WITH_SIDES))).isEmpty())
                .isEqualTo(takeRequired);
    }

    /** Version 1 has a name only; version 2 an optional, version 3 a required number of sides: fine step by step. */
    @ParameterizedTest
    @CsvSource({"BACKWARD, true", "BACKWARD_TRANSITIVE, false", "FULL, true", "FULL_TRANSITIVE, false"})
    void shouldLookFurtherBackThanTheLastVersionIfTransitive(Level level, boolean accepted) {
        // Given
        List<StoredSchema> history = List.of(version(1, NAME_ONLY), version(2, WITH_SIDES_OR_3));

        // When
        List<String> objections = level.objections(WITH_SIDES, history);

        // Then
        assertThat(objections.isEmpty()).isEqualTo(accepted);
        assertThat(objections)
                .allMatch(objection -> objection.contains("cannot read version 1")
                        && objection.contains("READER_FIELD_MISSING_DEFAULT_VALUE"));
    }

    private static StoredSchema version(int number, Schema schema) {
        return new StoredSchema("shapes-value", number, number, schema);
    }
}
