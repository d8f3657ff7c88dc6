package org.dallemini.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dallemini.prompt.testing.Prompts.NOW;
import static org.dallemini.prompt.testing.Prompts.prompt;
import static org.dallemini.prompt.testing.Prompts.withSampling;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dallemini.events.ImageOutput;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRedraw;
import org.dallemini.events.OutputFit;
import org.dallemini.events.OutputFormat;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.prompt.Verdict.Accepted;
import org.dallemini.prompt.Verdict.Refused;
import org.dallemini.prompt.testing.Prompts;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptValidatorTest {
    private final PromptValidator validator = new PromptValidator(PromptLimits.DEFAULT);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a red circle on a blue background",
                "two\tlines\r\nwith a tab",
                "<script>alert('x')</script> & so on",
                "caf\u00e9 \u4e2d\u6587 \ud83d\ude00 \ud83d\udc69\u200d\ud83d\ude80 \ue000",
                "\u202eright to left",
            })
    void shouldAcceptText(String text) {
        assertThat(validator.validate(prompt(text).build(), NOW)).isInstanceOf(Accepted.class);
        assertThat(validator.validate(prompt("x").setNegativeText(text).build(), NOW))
                .isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t\r\n",
                "\u00a0\u3000\u2003\u2028",
                "\u200b\u200c\u200d\u2060",
                "\ufeff",
                "\u00ad\u202e\u2066",
                "\ufe0f\u034f\u180e",
                "\u115f\u1160\u3164\uffa0",
                "\u2800",
                "\udb40\udc41\udb40\udd00"
            })
    void shouldRefuseATextOfWhichNothingCanBeSeen(String text) {
        assertThat(PromptValidator.isBlank(text)).isTrue();
        assertThat(validator.validate(prompt(text).build(), NOW)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_TEXT);
            assertThat(refused.field()).isEqualTo("/text");
            assertThat(refused.message()).isEqualTo("text is blank: say what to draw.");
        });
        assertThat(validator.validate(prompt(text + "x").build(), NOW)).isInstanceOf(Accepted.class);
        assertThat(validator.validate(prompt("x").setNegativeText(text).build(), NOW))
                .isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "0", "\u0301", "\u4e2d", "\ud83d\ude00", "\u2764\ufe0f"})
    void shouldTakeWhateverCanBeSeen(String text) {
        assertThat(PromptValidator.isBlank(text)).isFalse();
        assertThat(validator.validate(prompt(text).build(), NOW)).isInstanceOf(Accepted.class);
    }

    @Test
    void shouldCountCodePoints() {
        // Given: 2000 characters in 4000 Java chars
        String longest = "\ud83d\ude00".repeat(2000);

        // When / Then
        assertThat(validator.validate(prompt(longest).build(), NOW)).isInstanceOf(Accepted.class);
        assertThat(validator.validate(prompt(longest + "x").build(), NOW))
                .isInstanceOfSatisfying(Refused.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.TEXT_TOO_LONG);
                    assertThat(refused.message()).contains("2001", "2000", "shorten");
                });
    }

    @Test
    void shouldTakeAsManyCandidatesAsImagesOrMore() {
        PromptValidator validator = new PromptValidator(PromptLimits.DEFAULT);
        for (int bestOf : new int[] {2, 3, 64}) {
            assertThat(validator.validate(
                            prompt("x").setCount(2).setBestOf(bestOf).build(), NOW))
                    .isInstanceOf(Accepted.class);
        }
        for (int bestOf : new int[] {-2, 0, 1, 65}) {
            assertThat(code(validator, prompt("x").setCount(2).setBestOf(bestOf).build()))
                    .as("%d", bestOf)
                    .isEqualTo(ErrorCode.INVALID_PARAMETER);
        }
        assertThat(validator.validate(prompt("x").setCount(3).setBestOf(2).build(), NOW))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.message())
                        .contains("bestOf is 2 and count 3", "count smaller"));
        long seed = Long.MAX_VALUE - 3;
        assertThat(validator.validate(prompt("x").setSeed(seed).setBestOf(4).build(), NOW))
                .isInstanceOf(Accepted.class);
        assertThat(code(validator, prompt("x").setSeed(seed).setBestOf(5).build()))
                .isEqualTo(ErrorCode.INVALID_PARAMETER);
    }

    @Test
    void shouldHoldToTheLimitsGiven() {
        PromptValidator strict = new PromptValidator(new PromptLimits(5, 2, 1000, 4));
        assertThat(code(strict, prompt("123456").build())).isEqualTo(ErrorCode.TEXT_TOO_LONG);
        assertThat(code(strict, prompt("12345").setCount(3).build())).isEqualTo(ErrorCode.INVALID_PARAMETER);
        assertThat(strict.validate(prompt("12345").setCount(2).build(), NOW)).isInstanceOf(Accepted.class);
        assertThat(strict.validate(prompt("12345").setBestOf(4).build(), NOW)).isInstanceOf(Accepted.class);
        assertThat(code(strict, prompt("12345").setBestOf(5).build())).isEqualTo(ErrorCode.INVALID_PARAMETER);
    }

    static Stream<Arguments> offences() {
        return Stream.of(
                Arguments.of("a\0b", "control character U+0000 as character 2"),
                Arguments.of("\u001b[31m", "control character U+001B as character 1"),
                Arguments.of("\ud83d\ude00\u007f", "control character U+007F as character 2"),
                Arguments.of("ab\u0085", "control character U+0085 as character 3"),
                Arguments.of("a\ud83d", "unpaired surrogate U+D83D as character 2"),
                Arguments.of("\ude00a", "unpaired surrogate U+DE00 as character 1"),
                Arguments.of("\ufdd0", "noncharacter U+FDD0 as character 1"),
                Arguments.of("\uffff", "noncharacter U+FFFF as character 1"),
                Arguments.of("\ud83f\udffe", "noncharacter U+1FFFE as character 1"));
    }

    @ParameterizedTest
    @MethodSource("offences")
    void shouldNameTheFirstBadCharacter(String text, String expected) {
        assertThat(validator.validate(prompt(text).build(), NOW)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_TEXT);
            assertThat(refused.message()).contains(expected).startsWith("text ").matches("[ -~]*");
        });
        assertThat(validator.validate(prompt("x").setNegativeText(text).build(), NOW))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.message()).startsWith("negativeText "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".a", "a/b", "a b", "\u00e9", "a\0", "a\n", "a:b", "a%2f"})
    void shouldRefuseIds(String id) {
        assertThat(code(prompt("x").setId(id).build())).isEqualTo(ErrorCode.INVALID_ID);
        assertThat(code(prompt("x").setJobId(id).build())).isEqualTo(ErrorCode.INVALID_ID);
    }

    @Test
    void shouldAllowIdsOf128Characters() {
        assertThat(validator.validate(prompt("x").setId("a".repeat(128)).build(), NOW))
                .isInstanceOf(Accepted.class);
        assertThat(code(prompt("x").setId("a".repeat(129)).build())).isEqualTo(ErrorCode.INVALID_ID);
        assertThat(validator.validate(prompt("x").setId("-_A.z9").build(), NOW)).isInstanceOf(Accepted.class);
    }

    static Stream<PromptRequest> badParameters() {
        return Stream.of(
                prompt("x").setCount(0).build(),
                prompt("x").setCount(-1).build(),
                prompt("x").setCount(65).build(),
                prompt("x").setSeed(Long.MAX_VALUE).setCount(2).build(),
                withSampling(Sampling.newBuilder().setTemperature(0f)),
                withSampling(Sampling.newBuilder().setTemperature(-1f)),
                withSampling(Sampling.newBuilder().setTemperature(Float.NaN)),
                withSampling(Sampling.newBuilder().setTemperature(Float.POSITIVE_INFINITY)),
                withSampling(Sampling.newBuilder().setTopK(-1)),
                withSampling(Sampling.newBuilder().setTopP(0f)),
                withSampling(Sampling.newBuilder().setTopP(1.01f)),
                withSampling(Sampling.newBuilder().setTopP(Float.NaN)),
                withSampling(Sampling.newBuilder().setGuidanceScale(-1f)),
                withSampling(Sampling.newBuilder().setGuidanceScale(101f)),
                withSampling(Sampling.newBuilder().setGuidanceScale(Float.NaN)),
                withSampling(Sampling.newBuilder().setBatchSize(0)),
                withSampling(Sampling.newBuilder().setBatchSize(1025)),
                withSampling(Sampling.newBuilder().setBatchSize(4).setBatchIndex(4)),
                withSampling(Sampling.newBuilder().setBatchSize(4).setBatchIndex(-1)),
                withSampling(Sampling.newBuilder().setBatchIndex(1)),
                prompt("x")
                        .setCount(2)
                        .setSampling(Sampling.newBuilder().setBatchSize(4).build())
                        .build(),
                prompt("x").setLabels(Prompts.labels(33)).build(),
                prompt("x").setLabels(Map.of("n".repeat(65), "v")).build(),
                prompt("x").setLabels(Map.of("n", "v".repeat(257))).build());
    }

    @ParameterizedTest
    @MethodSource("badParameters")
    void shouldRefuseParameter(PromptRequest prompt) {
        assertThat(code(prompt)).isEqualTo(ErrorCode.INVALID_PARAMETER);
    }

    @Test
    void shouldAcceptParametersAtTheirLimits() {
        assertThat(Stream.of(
                        prompt("x").setCount(64).setSeed(Long.MIN_VALUE).build(),
                        prompt("x").setSeed(Long.MAX_VALUE).build(),
                        prompt("x").setSeed(Long.MAX_VALUE - 1).setCount(2).build(),
                        withSampling(Sampling.newBuilder()
                                .setTemperature(Float.MIN_VALUE)
                                .setTopK(0)
                                .setTopP(1f)
                                .setGuidanceScale(0f)),
                        withSampling(Sampling.newBuilder().setGuidanceScale(100f)),
                        withSampling(Sampling.newBuilder().setBatchSize(1024).setBatchIndex(1023)),
                        prompt("x").setLabels(Prompts.labels(32)).build()))
                .allSatisfy(
                        prompt -> assertThat(validator.validate(prompt, NOW)).isInstanceOf(Accepted.class));
    }

    static Stream<Arguments> badPrefixes() {
        ByteBuffer two = ByteBuffer.allocate(2);
        return Stream.of(
                Arguments.of(new ImagePrefix(null, null, null), "neither"),
                Arguments.of(new ImagePrefix(null, null, 4), "neither"),
                Arguments.of(new ImagePrefix(two, two, 4), "both"),
                Arguments.of(new ImagePrefix(ByteBuffer.allocate(0), null, null), "0 bytes"),
                Arguments.of(new ImagePrefix(ByteBuffer.allocate(3), null, null), "3 bytes"),
                Arguments.of(new ImagePrefix(ByteBuffer.allocate(1002), null, null), "the limit is 1000"),
                Arguments.of(new ImagePrefix(two, null, 4), "rows is 4 beside tokens"),
                Arguments.of(new ImagePrefix(null, ByteBuffer.allocate(0), 4), "empty"),
                Arguments.of(new ImagePrefix(null, ByteBuffer.allocate(1001), 4), "the limit is 1000"),
                Arguments.of(new ImagePrefix(null, two, null), "rows is missing"),
                Arguments.of(new ImagePrefix(null, two, 0), "rows is 0"),
                Arguments.of(new ImagePrefix(null, two, -1), "rows is -1"));
    }

    @ParameterizedTest
    @MethodSource("badPrefixes")
    void shouldRefusePrefix(ImagePrefix prefix, String expected) {
        PromptValidator strict = new PromptValidator(new PromptLimits(5, 2, 1000, 4));
        assertThat(strict.validate(prompt("x").setPrefix(prefix).build(), NOW))
                .isInstanceOfSatisfying(Refused.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_PREFIX);
                    assertThat(refused.message())
                            .startsWith("prefix")
                            .contains(expected)
                            .endsWith(".");
                });
    }

    @Test
    void shouldAcceptPrefixesAtTheirLimits() {
        PromptValidator strict = new PromptValidator(new PromptLimits(5, 2, 1000, 4));
        assertThat(Stream.of(
                        new ImagePrefix(ByteBuffer.allocate(2), null, null),
                        new ImagePrefix(ByteBuffer.allocate(1000), null, null),
                        new ImagePrefix(null, ByteBuffer.allocate(1), 1),
                        new ImagePrefix(null, ByteBuffer.allocate(1000), 4)))
                .allSatisfy(prefix -> assertThat(
                                strict.validate(prompt("x").setPrefix(prefix).build(), NOW))
                        .isInstanceOf(Accepted.class));
    }

    static Stream<Arguments> badRedraws() {
        ByteBuffer two = ByteBuffer.allocate(2);
        ImagePrefix picture = new ImagePrefix(null, two, null);
        return Stream.of(
                Arguments.of(null, new ImageRedraw(null, 0.5f), "give prefix.picture too"),
                Arguments.of(new ImagePrefix(two, null, null), new ImageRedraw(null, 0.5f), "give prefix.picture too"),
                Arguments.of(new ImagePrefix(two, two, null), new ImageRedraw(null, 0.5f), "both"),
                Arguments.of(new ImagePrefix(null, two, 4), new ImageRedraw(null, 0.5f), "rows is 4 beside redraw"),
                Arguments.of(picture, new ImageRedraw(null, null), "neither"),
                Arguments.of(picture, new ImageRedraw(two, 0.5f), "both"),
                Arguments.of(picture, new ImageRedraw(ByteBuffer.allocate(0), null), "0 bytes"),
                Arguments.of(picture, new ImageRedraw(ByteBuffer.allocate(1001), null), "1 to 1000"),
                Arguments.of(picture, new ImageRedraw(null, 0f), "strength is 0.0"),
                Arguments.of(picture, new ImageRedraw(null, 1f), "strength is 1.0"),
                Arguments.of(picture, new ImageRedraw(null, Float.NaN), "strength is NaN"));
    }

    @ParameterizedTest
    @MethodSource("badRedraws")
    void shouldRefuseRedraw(@Nullable ImagePrefix prefix, ImageRedraw redraw, String expected) {
        PromptValidator strict = new PromptValidator(new PromptLimits(5, 2, 1000, 4));
        assertThat(strict.validate(
                        prompt("x").setPrefix(prefix).setRedraw(redraw).build(), NOW))
                .isInstanceOfSatisfying(Refused.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_PREFIX);
                    assertThat(refused.message()).contains(expected).endsWith(".");
                });
    }

    @Test
    void shouldAcceptAPictureOfWhichPartsAreDrawnAgain() {
        ImagePrefix picture = new ImagePrefix(null, ByteBuffer.allocate(2), null);
        for (ImageRedraw redraw : List.of(new ImageRedraw(ByteBuffer.allocate(1), null), new ImageRedraw(null, 0.3f))) {
            assertThat(validator.validate(
                            prompt("x").setPrefix(picture).setRedraw(redraw).build(), NOW))
                    .isInstanceOf(Accepted.class);
        }
    }

    static Stream<Arguments> badOutputs() {
        return Stream.of(
                Arguments.of(output(1024, null, 90), "output has width and no height"),
                Arguments.of(output(null, 1024, 90), "output has height and no width"),
                Arguments.of(output(0, 10, 90), "width is 0"),
                Arguments.of(output(10, 4097, 90), "height is 4097"),
                Arguments.of(output(null, null, 101), "quality is 101"));
    }

    private static ImageOutput output(@Nullable Integer width, @Nullable Integer height, int quality) {
        return new ImageOutput(width, height, OutputFit.PAD, OutputFormat.JPEG, quality);
    }

    @ParameterizedTest
    @MethodSource("badOutputs")
    void shouldRefuseOutput(ImageOutput output, String expected) {
        assertThat(validator.validate(prompt("x").setOutput(output).build(), NOW))
                .isInstanceOfSatisfying(Refused.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
                    assertThat(refused.message()).contains(expected);
                });
        assertThat(validator.validate(
                        prompt("x").setOutput(output(4096, 4096, 0)).build(), NOW))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void shouldRefuseWhenDeadlineHasPassed() {
        assertThat(code(prompt("x").setDeadline(NOW).build())).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(validator.validate(prompt("x").setDeadline(NOW.plusMillis(1)).build(), NOW))
                .isInstanceOf(Accepted.class);
    }

    private ErrorCode code(PromptRequest prompt) {
        return code(validator, prompt);
    }

    private static ErrorCode code(PromptValidator validator, PromptRequest prompt) {
        Verdict verdict = validator.validate(prompt, NOW);
        assertThat(verdict).isInstanceOf(Refused.class);
        Refused refused = (Refused) verdict;
        assertThat(refused.message()).isNotBlank().endsWith(".").matches("[ -~]*");
        return refused.code();
    }
}
