package org.dallemini.dalle.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Generated strings of many kinds and what the original code made of them; see src/test/python/text_vectors.py. */
class TextVectorsTest {
    /** Has no reading here, but in the original; docs/text.md lists all such characters. */
    private static final Pattern READ_OTHERWISE = Pattern.compile("[\u2E00-\u2E43]");

    private static final List<Vector> VECTORS = vectors();

    /** With which the vectors were made. */
    private static final Path WORDS = TestFiles.resource("words.txt");

    record Vector(String kind, String text, String normalized) {}

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldNormalizeAsTheOriginal(String kind) throws IOException {
        // Given
        TextNormalizer normalizer = TextNormalizer.open(WORDS);

        // When
        List<Vector> ofKind = VECTORS.stream()
                .filter(v -> v.kind.equals(kind))
                .filter(v -> !READ_OTHERWISE.matcher(v.text).find())
                .toList();

        // Then
        assertThat(ofKind).hasSizeGreaterThan(30);
        SoftAssertions softly = new SoftAssertions();
        for (Vector vector : ofKind) {
            softly.assertThat(normalizer.normalize(vector.text)).as(vector.text).isEqualTo(vector.normalized);
        }
        softly.assertAll();
    }

    static Stream<String> kinds() {
        return VECTORS.stream().map(Vector::kind).distinct();
    }

    private static List<Vector> vectors() {
        try (InputStream json = TextVectorsTest.class.getResourceAsStream("text-extra.json")) {
            return new ObjectMapper().readValue(Objects.requireNonNull(json), new TypeReference<>() {});
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
