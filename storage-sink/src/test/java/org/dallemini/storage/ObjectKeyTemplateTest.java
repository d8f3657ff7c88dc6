package org.dallemini.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dallemini.events.ImageRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTemplateTest {

    @ParameterizedTest
    @CsvSource({
        "{prompt}/{index}.png, p-1/3.png",
        "{image}.png, p-1/3.png",
        "{job}/{prompt}-{index}.png, job-1/p-1-3.png",
        "{index}_{prompt}, 3_p-1",
        "{date:yyyy/MM/dd}/{image}.png, 2026/11/22/p-1/3.png",
        "day={date:yyyy-MM-dd}/{date:HHmm}/{image}.png, day=2026-11-22/2359/p-1/3.png",
        "all/{prompt}/seed-{seed}/{index}.png, all/p-1/seed-45/3.png",
    })
    void shouldMakeKeyOfRecordsOwnValues(String template, String expected) {
        // When
        String key = ObjectKeyTemplate.parse(template).keyOf(Images.request("p-1", 3));

        // Then
        assertThat(key).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {promt}/{index}              | unknown placeholder {promt}
                    {}/{image}                   | unknown placeholder {}
                    {image}{                     | a brace without its counterpart
                    {image}}                     | a brace without its counterpart
                    {date:QQQ}/{image}           | bad date pattern 'QQQ'
                    {date:yyyy//MM}/{image}      | bad date pattern
                    {date:'..'/yyyy}/{image}     | bad date pattern
                    {date:}/{image}              | bad date pattern
                    {date:dddd}/{image}          | bad date pattern 'dddd'
                    {date:yyyy/MMMM}/{image}     | bad date pattern
                    /{image}                     | begins or ends with '/'
                    {image}/                     | begins or ends with '/'
                    a//{image}                   | has '//'
                    ../{image}                   | '.' or '..' as a folder
                    {prompt}/./{index}           | '.' or '..' as a folder
                    a\\b/{image}                 | literal text other than
                    a b/{image}                  | literal text other than
                    ü/{image}                    | literal text other than
                    fixed.png                    | the same key
                    {prompt}.png                 | the same key
                    {index}.png                  | the same key
                    {seed}.png                   | the same key
                    {prompt}{index}.png          | the same key
                    {prompt}1{index}.png         | the same key
                    {index}0-{prompt}.png        | the same key
                    {job}-{prompt}/{index}.png   | the same key
                    {prompt}-{index}-{job}.png   | the same key
                    """)
    void shouldRefuseTemplate(String template, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ObjectKeyTemplate.parse(template))
                .withMessageContaining("'" + template + "'")
                .withMessageContaining(reason);
    }

    @Test
    void shouldRefuseEmptyTemplate() {
        assertThatIllegalArgumentException().isThrownBy(() -> ObjectKeyTemplate.parse(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../up",
                "a/b",
                "/etc",
                "a\\b",
                "a\0b",
                "a\nb",
                ".hidden",
                "a%2fb",
                "a b",
                "é",
                "\u2025",
                "\uff0e\uff0e",
                "a\u2215b",
                "\u202egnp",
                "\ud800",
                "a:b"
            })
    void shouldRefuseHostileIds(String id) {
        // Given
        ImageRequest request = ImageRequest.newBuilder(Images.request("p", 0))
                .setPromptId(id)
                .setImageId(id + "/0")
                .build();

        // When / Then
        assertThatThrownBy(
                        () -> ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT).keyOf(request))
                .isInstanceOf(InvalidObjectKeyException.class)
                .hasMessageContaining("prompt id")
                .satisfies(e -> assertThat(e.getMessage()).matches("[ -~]*"));
    }

    @Test
    void shouldRefuseNegativeIndexImpossibleDateAndLongKey() {
        assertThatThrownBy(() -> ObjectKeyTemplate.parse("{image}").keyOf(Images.request("p", -1)))
                .isInstanceOf(InvalidObjectKeyException.class);
        ImageRequest farFuture = ImageRequest.newBuilder(Images.request("p", 0))
                .setRequestedAt(Instant.ofEpochMilli(Long.MAX_VALUE))
                .build();
        assertThatThrownBy(() -> ObjectKeyTemplate.parse("{date:yyyy}/{image}").keyOf(farFuture))
                .isInstanceOf(InvalidObjectKeyException.class)
                .hasMessageContaining("year");
        assertThatThrownBy(() ->
                        ObjectKeyTemplate.parse("{image}" + "x".repeat(1023)).keyOf(Images.request("p", 0)))
                .isInstanceOf(InvalidObjectKeyException.class)
                .hasMessageContaining("1024");
    }

    /** Whatever ids come in: a key is inside its folder, of fixed depth, and no two images share it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pre/fix/{prompt}/{index}.png",
                "pre/fix/{prompt}-{index}.png",
                "pre/fix/{index}-{prompt}",
                "pre/fix/{date:yyyy/MM}/{job}.{seed}/{prompt}_x{index}",
            })
    void shouldKeepKeysInsidePrefixAndDistinct(String text) {
        // Given
        ObjectKeyTemplate template = ObjectKeyTemplate.parse(text);
        Random random = new Random(7);
        Map<String, String> imageOfKey = new HashMap<>();
        int depth = template.keyOf(Images.request("p", 0)).split("/", -1).length;
        int refused = 0;

        for (int i = 0; i < 5_000; i++) {
            ImageRequest request = ImageRequest.newBuilder(Images.request(randomId(random), random.nextInt(30)))
                    .setJobId(randomId(random))
                    .setSeed(random.nextInt(5) - 2)
                    .build();
            // When
            String key;
            try {
                key = template.keyOf(request);
            } catch (InvalidObjectKeyException e) {
                refused++;
                continue;
            }

            // Then
            assertThat(key)
                    .startsWith("pre/fix/")
                    .hasSizeLessThanOrEqualTo(1024)
                    .matches("[!-~]+");
            assertThat(List.of(key.split("/", -1)))
                    .hasSize(depth)
                    .noneMatch(s -> s.isEmpty() || s.equals(".") || s.equals(".."));
            String image = request.getPromptId() + " " + request.getIndex();
            assertThat(imageOfKey.computeIfAbsent(key, k -> image)).isEqualTo(image);
        }
        assertThat(refused).isBetween(500, 4_500);
        assertThat(imageOfKey).hasSizeGreaterThan(500);
    }

    private static String randomId(Random random) {
        String alphabet = random.nextInt(4) == 0 ? "ab.-_1/\\\0 é\u2025\ud83d" : "ab.-_1";
        StringBuilder id = new StringBuilder();
        for (int n = random.nextInt(7); n > 0; n--) {
            id.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return id.toString();
    }

    @ParameterizedTest
    @CsvSource({"{image}.png, true", "{image}, false", "{image}n, false", "{index}/{prompt}.json, false"})
    void shouldAllowSidecarsOnlyWhereTheyCannotMeetAnImage(String template, boolean allowed) {
        assertThat(ObjectKeyTemplate.parse(template).allowsSidecar()).isEqualTo(allowed);
    }
}
