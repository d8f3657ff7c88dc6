package org.dallemini.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.apache.avro.specific.SpecificData;
import org.dallemini.schemas.EventSchemas.Subject;
import org.dallemini.serde.CompatibilityLevel;
import org.dallemini.serde.PlainSchemas;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventSchemasTest {
    private static final EventSchemas TODAY = EventSchemas.load();

    static Stream<Subject> subjects() {
        return TODAY.subjects(new Topics("")).stream();
    }

    @Test
    void shouldNameASubjectForEveryTopic() {
        assertThat(TODAY.subjects(new Topics("team.")))
                .extracting(Subject::name)
                .containsExactly(
                        "team.prompts-value",
                        "team.image-requests-value",
                        "team.image-requests.bulk-value",
                        "team.image-tokens-value",
                        "team.image-previews-value",
                        "team.images-value",
                        "team.stored-images-value",
                        "team.jobs-value",
                        "team.job-commands-value",
                        "team.image-deletions-value",
                        "team.favourites-value",
                        "team.moderation-value");
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void shouldBeWhatTheGeneratedClassesWrite(Subject subject) throws Exception {
        // Given
        Schema generated =
                SpecificData.get().getSchema(Class.forName(subject.schema().getFullName()));

        // When, Then: to the letter, or a producer would not find its schema in the registry
        assertThat(subject.schema().toString())
                .doesNotContain("avro.java.string")
                .isEqualTo(PlainSchemas.of(generated).toString());
    }

    /** Every kept folder is a version that was released. Add one for each release that changes a schema. */
    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2", "v3", "v4", "v5", "v6", "v7"})
    void shouldStayCompatibleWithReleasedVersions(String version) {
        EventSchemas released = ReleasedSchemas.of(version);
        subjectsOf(released).forEach(today -> {
            Schema then = released.schema(today.schema().getName());
            assertThatCode(() -> validator(today.level()).validate(today.schema(), List.of(then)))
                    .as("%s of %s at level %s", today.schema().getName(), version, today.level())
                    .doesNotThrowAnyException();
        });
    }

    private static Stream<Subject> subjectsOf(EventSchemas released) {
        return subjects().filter(subject -> released.contains(subject.schema().getName()));
    }

    private static SchemaValidator validator(CompatibilityLevel level) {
        SchemaValidatorBuilder builder = new SchemaValidatorBuilder();
        return switch (level) {
            case FULL_TRANSITIVE -> builder.mutualReadStrategy().validateAll();
            case BACKWARD_TRANSITIVE -> builder.canReadStrategy().validateAll();
            default -> throw new AssertionError("this test does not know level " + level);
        };
    }

    @Test
    @SuppressWarnings("deprecation")
    void shouldNoticeAnIncompatibleChange() {
        // Given: the level of prompts, and a field that old producers do not send
        Schema then = ReleasedSchemas.of("v1").schema("PromptRequest");
        Schema now = new Schema.Parser()
                .parse(then.toString()
                        .replaceFirst("\"fields\":\\[", "\"fields\":[{\"name\":\"style\",\"type\":\"string\"},"));

        // When, Then
        assertThatThrownBy(() -> validator(CompatibilityLevel.FULL_TRANSITIVE).validate(now, List.of(then)))
                .isInstanceOf(SchemaValidationException.class);
    }

    static Stream<Arguments> fingerprints() {
        return Stream.of(
                Arguments.of(
                        "v1",
                        Map.of(
                                "PromptRequest", "a8d91566b8ce7aaf",
                                "ImageRequest", "f7c9c24833b35bbf",
                                "ImageTokens", "9c27965fcfbadb2",
                                "GeneratedImage", "fd46c4674aecdcab",
                                "StoredImage", "89bfcc055189c044",
                                "JobStatus", "f6ef7c77f61481d4")),
                Arguments.of(
                        "v2",
                        Map.of(
                                "PromptRequest", "41b3fb966f192f99",
                                "ImageRequest", "6eb6ef7565c0c8e",
                                "ImageTokens", "268e94b0e1991bd3",
                                "GeneratedImage", "3521c8c875d6a4ef",
                                "StoredImage", "cc6e480e14dd0b1e",
                                "JobStatus", "f6ef7c77f61481d4")),
                Arguments.of(
                        "v3",
                        Map.of(
                                "PromptRequest", "41b3fb966f192f99",
                                "ImageRequest", "6eb6ef7565c0c8e",
                                "ImageTokens", "268e94b0e1991bd3",
                                "GeneratedImage", "3521c8c875d6a4ef",
                                "StoredImage", "cc6e480e14dd0b1e",
                                "JobStatus", "de78622f61fd0582")),
                Arguments.of(
                        "v4",
                        Map.of(
                                "PromptRequest", "41b3fb966f192f99",
                                "ImageRequest", "6eb6ef7565c0c8e",
                                "ImageTokens", "268e94b0e1991bd3",
                                "GeneratedImage", "3521c8c875d6a4ef",
                                "StoredImage", "cc6e480e14dd0b1e",
                                "JobStatus", "5b56b3f7caa16b93",
                                "JobCommand", "4af9f382e1ff362")),
                Arguments.of(
                        "v5",
                        Map.of(
                                "PromptRequest", "a24dd242fb03753e",
                                "ImageRequest", "243947f13b8b4d5d",
                                "ImageTokens", "a3fffeb244ae7db6",
                                "ImagePreview", "e952cffccdf4a906",
                                "GeneratedImage", "7b4c60c88911f2d1",
                                "StoredImage", "2371e87a9d417356",
                                "JobStatus", "5b56b3f7caa16b93",
                                "JobCommand", "4af9f382e1ff362")),
                Arguments.of(
                        "v6",
                        Map.of(
                                "PromptRequest", "a24dd242fb03753e",
                                "ImageRequest", "1ca197408df2c235",
                                "ImageTokens", "4e78f4150d382131",
                                "ImagePreview", "e952cffccdf4a906",
                                "GeneratedImage", "79da450769a5d373",
                                "StoredImage", "dc40bfe1065cba5a",
                                "JobStatus", "e14a9b4f068a9c90",
                                "JobCommand", "4af9f382e1ff362",
                                "ModerationDecision", "62763003b90ba499")),
                Arguments.of(
                        "v7",
                        Map.of(
                                "PromptRequest",
                                "165074b2889ca21d",
                                "ImageRequest",
                                "d119ef55afc38e5f",
                                "ImageTokens",
                                "24900c3add156da0",
                                "ImagePreview",
                                "e952cffccdf4a906",
                                "GeneratedImage",
                                "11b21641046000b0",
                                "StoredImage",
                                "7d46ded71c38e5e1",
                                "JobStatus",
                                "e14a9b4f068a9c90",
                                "JobCommand",
                                "b9f26930644b496a",
                                "ImageDeletion",
                                "da9dc0c7439aea35",
                                "ModerationDecision",
                                "62763003b90ba499")));
    }

    /** Released versions are history: nobody may edit them. The values are Avro's CRC-64 of the parsing form. */
    @ParameterizedTest
    @MethodSource("fingerprints")
    void shouldKeepReleasedVersionsAsTheyWere(String version, Map<String, String> expected) {
        EventSchemas released = ReleasedSchemas.of(version);
        Map<String, String> fingerprints = new HashMap<>();
        subjectsOf(released)
                .map(subject -> subject.schema().getName())
                .forEach(name -> fingerprints.put(
                        name, Long.toHexString(SchemaNormalization.parsingFingerprint64(released.schema(name)))));
        assertThat(fingerprints).containsExactlyInAnyOrderEntriesOf(expected);
    }
}
