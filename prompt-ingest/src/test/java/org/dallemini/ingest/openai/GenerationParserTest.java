package org.dallemini.ingest.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Set;
import org.dallemini.events.ImageOutput;
import org.dallemini.events.Lane;
import org.dallemini.events.OutputFit;
import org.dallemini.events.OutputFormat;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.api.JsonReader;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.testing.Filters;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationParserTest {
    private final GenerationParser parser = parser(true);

    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    private static GenerationParser parser(boolean hasUrls) {
        return parser(hasUrls, false);
    }

    private static GenerationParser parser(boolean hasUrls, boolean adapts) {
        PromptValidator validator = new PromptValidator(PromptLimits.DEFAULT, Filters.shipped());
        return new GenerationParser(
                new JsonReader(1 << 20),
                PromptLimits.DEFAULT,
                (caller, prompt) -> validator.validateContent(prompt),
                DrawnSizes.of(Set.of("256x256", "64x64"), adapts, OutputFit.CROP),
                hasUrls);
    }

    private static GenerationRequest parse(GenerationParser parser, String body) throws RefusedRequestException {
        return parser.parse(Caller.ANYBODY, body.getBytes(UTF_8), "job");
    }

    private static Problem refused(GenerationParser parser, String body) {
        return catchThrowableOfType(RefusedRequestException.class, () -> parse(parser, body))
                .problem();
    }

    @Test
    void shouldRefuseWhatThePolicyRefuses() {
        Problem problem = refused(parser(true), "{\"prompt\": \"" + Filters.REFUSED + "\"}");

        assertThat(problem.code()).isEqualTo("content-policy"); // content_policy_violation in the answer
        assertThat(problem.pointer()).isEqualTo("/prompt");
    }

    @Test
    void shouldReadTheFieldsOfBoth() throws Exception {
        // When
        GenerationRequest request = parse(parser, """
                {"model": "dall-e-2", "prompt": "a cat", "n": 3, "size": "256x256", "response_format": "b64_json",
                 "user": "u1", "quality": "standard", "style": "vivid", "background": "opaque", "moderation": "low",
                 "output_format": "png", "output_compression": 100, "partial_images": 0, "stream": false,
                 "seed": 7, "negative_prompt": "a dog", "temperature": 0.5, "top_k": 10, "top_p": 0.9,
                 "guidance_scale": 8, "best_of": 6}
                """);

        // Then
        PromptRequest prompt = request.prompt();
        assertThat(prompt.getText()).isEqualTo("a cat");
        assertThat(prompt.getCount()).isEqualTo(3);
        assertThat(prompt.getBestOf()).isEqualTo(6);
        assertThat(prompt.getSeed()).isEqualTo(7);
        assertThat(prompt.getNegativeText()).isEqualTo("a dog");
        assertThat(prompt.getSampling().getTopK()).isEqualTo(10);
        assertThat(prompt.getSampling().getGuidanceScale()).isEqualTo(8);
        assertThat(prompt.getLabels()).containsEntry("user", "u1");
        assertThat(prompt.getLane()).isEqualTo(Lane.INTERACTIVE);
        assertThat(request.format()).isEqualTo(ImageFormat.B64_JSON);
        assertThat(request.drawnSize()).isEqualTo("256x256");
        assertThat(request.partialImages()).isNull();
    }

    @Test
    void shouldTakeWhatIsLeftOutAsOpenAiDoes() throws Exception {
        // When
        GenerationRequest request = parse(parser, "{\"prompt\": \"a cat\", \"n\": null, \"size\": \"auto\"}");

        // Then: the prompt is as it would be without OpenAI's names
        assertThat(request.prompt())
                .isEqualTo(PromptRequest.newBuilder()
                        .setId("job")
                        .setJobId("job")
                        .setText("a cat")
                        .setLane(Lane.INTERACTIVE)
                        .build());
        assertThat(request.format()).isEqualTo(ImageFormat.URL);
        assertThat(request.drawnSize()).isNull();
        assertThat(parse(parser, "{\"prompt\": \"a cat\", \"model\": \"gpt-image-1\"}")
                        .format())
                .isEqualTo(ImageFormat.B64_JSON);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "256x256",
                "512x512",
                "1024x1024",
                "1536x1024",
                "1024x1536",
                "1792x1024",
                "1024x1792",
            })
    void shouldTakeEverySizeOfOpenAis(String size) throws Exception {
        // When
        GenerationRequest request = parse(parser(true, true), """
                {"model": "dall-e-3", "prompt": "a cat", "size": "%s", "quality": "hd", "style": "natural",
                 "background": "transparent", "moderation": "low", "output_format": "webp", "output_compression": 70}
                """.formatted(size));

        // Then
        ImageOutput output = request.prompt().getOutput();
        assertThat(output.getWidth() + "x" + output.getHeight()).isEqualTo(size);
        assertThat(output.getFormat()).isEqualTo(OutputFormat.WEBP);
        assertThat(output.getFit()).isEqualTo(OutputFit.CROP);
        assertThat(output.getQuality()).isEqualTo(70);
        assertThat(request.drawnSize()).isNull();
    }

    @Test
    void shouldAskForNothingBesideWhatIsDrawnUnlessThatIsSaid() throws Exception {
        GenerationParser adapting = parser(true, true);
        assertThat(parse(adapting, "{\"prompt\":\"x\",\"size\":\"auto\",\"output_format\":\"png\"}")
                        .prompt()
                        .getOutput())
                .isNull();
        ImageOutput jpeg = parse(adapting, "{\"prompt\":\"x\",\"output_format\":\"jpeg\"}")
                .prompt()
                .getOutput();
        assertThat(jpeg.getWidth()).isNull();
        assertThat(jpeg.getFormat()).isEqualTo(OutputFormat.JPEG);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"prompt\":\"x\",\"size\":\"4097x10\"} | /size",
                "{\"prompt\":\"x\",\"size\":\"large\"} | /size",
                "{\"prompt\":\"x\",\"size\":\"0x0\"} | /size",
                "{\"prompt\":\"x\",\"quality\":\"ultra\"} | /quality",
                "{\"prompt\":\"x\",\"output_format\":\"gif\"} | /output_format",
                "{\"prompt\":\"x\",\"output_compression\":101} | /output_compression",
                "{\"prompt\":\"x\",\"partial_images\":1} | /partial_images",
            })
    void shouldRefuseWhatOpenAiDoesNotKnowEither(String body, String pointer) {
        Problem problem = refused(parser(true, true), body);
        assertThat(problem.code()).isEqualTo("invalid-parameter");
        assertThat(problem.pointer()).isEqualTo(pointer);
    }

    @Test
    void shouldStreamImagesThemselves() throws Exception {
        GenerationRequest request =
                parse(parser(true, true), "{\"prompt\":\"x\",\"stream\":true,\"partial_images\":2}");
        assertThat(request.partialImages()).isEqualTo(2);
        assertThat(request.format()).isEqualTo(ImageFormat.B64_JSON);
    }

    @Test
    void shouldGiveNoUrlsWhereNobodyCouldOpenThem() throws Exception {
        // Given
        GenerationParser closed = parser(false);

        // When, Then
        assertThat(parse(closed, "{\"prompt\": \"a cat\"}").format()).isEqualTo(ImageFormat.B64_JSON);
        assertThat(refused(closed, "{\"prompt\": \"a cat\", \"response_format\": \"url\"}"))
                .satisfies(problem -> {
                    assertThat(problem.status()).isEqualTo(400);
                    assertThat(problem.detail()).contains("b64_json", "s3.public.endpoint");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | invalid-json | ``",
                "[] | invalid-parameter | ``",
                "{} | missing-required-parameter | /prompt",
                "{\"prompt\":7} | invalid-parameter | /prompt",
                "{\"prompt\":\"a\\u0000b\"} | invalid-text | /prompt",
                "{\"prompt\":\"\"} | invalid-text | /prompt",
                "{\"prompt\":\" \\u200b\"} | invalid-text | /prompt",
                "{\"prompt\":\"x\",\"text\":\"x\"} | unknown-field | /text",
                "{\"prompt\":\"x\",\"n\":0} | invalid-parameter | /n",
                "{\"prompt\":\"x\",\"n\":65} | invalid-parameter | /n",
                "{\"prompt\":\"x\",\"n\":1.5} | invalid-parameter | /n",
                "{\"prompt\":\"x\",\"size\":\"1024x1024\"} | invalid-parameter | /size",
                "{\"prompt\":\"x\",\"response_format\":\"png\"} | invalid-parameter | /response_format",
                "{\"prompt\":\"x\",\"model\":1} | invalid-parameter | /model",
                "{\"prompt\":\"x\",\"quality\":\"hd\"} | invalid-parameter | /quality",
                "{\"prompt\":\"x\",\"style\":\"natural\"} | invalid-parameter | /style",
                "{\"prompt\":\"x\",\"background\":\"transparent\"} | invalid-parameter | /background",
                "{\"prompt\":\"x\",\"output_format\":\"webp\"} | invalid-parameter | /output_format",
                "{\"prompt\":\"x\",\"output_compression\":50} | invalid-parameter | /output_compression",
                "{\"prompt\":\"x\",\"partial_images\":1} | invalid-parameter | /partial_images",
                "{\"prompt\":\"x\",\"stream\":true,\"partial_images\":4} | invalid-parameter | /partial_images",
                "{\"prompt\":\"x\",\"stream\":\"yes\"} | invalid-parameter | /stream",
                "{\"prompt\":\"x\",\"user\":\"\\ud800\"} | invalid-parameter | /user",
                "{\"prompt\":\"x\",\"seed\":\"x\"} | invalid-parameter | /seed",
                "{\"prompt\":\"x\",\"n\":2,\"seed\":9223372036854775807} | invalid-parameter | /seed",
                "{\"prompt\":\"x\",\"negative_prompt\":\"\\ud800\"} | invalid-text | /negative_prompt",
                "{\"prompt\":\"x\",\"temperature\":0} | invalid-parameter | /temperature",
                "{\"prompt\":\"x\",\"top_k\":-1} | invalid-parameter | /top_k",
                "{\"prompt\":\"x\",\"top_p\":2} | invalid-parameter | /top_p",
                "{\"prompt\":\"x\",\"guidance_scale\":-1} | invalid-parameter | /guidance_scale",
                "{\"prompt\":\"x\",\"n\":3,\"best_of\":2} | invalid-parameter | /best_of",
            })
    void shouldSayWhatIsWrongAndWhere(String body, String code, String pointer) {
        Problem problem = refused(parser, body);
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.pointer()).isEqualTo(pointer);
    }

    /** Those of a prompt mean nothing to who has sent OpenAI's. */
    @Test
    void shouldSayItInTheNamesOfTheRequest() {
        GenerationParser parser = parser(true);
        assertThat(refused(parser, "{\"prompt\":\"x\",\"n\":0}").detail()).isEqualTo("n is 0: ask for 1 to 64 images.");
        assertThat(refused(parser, "{\"prompt\":\"\"}").detail()).isEqualTo("prompt is blank: say what to draw.");
        assertThat(refused(parser, "{\"prompt\":\"x\",\"n\":3,\"best_of\":2}").detail())
                .startsWith("best_of is 2 and n 3:")
                .doesNotContain("bestOf", "count");
        assertThat(refused(parser, "{\"prompt\":\"x\",\"temperature\":0}").detail())
                .contains("top_k=1");
    }

    @Test
    void shouldRefuseLongTexts() {
        assertThat(refused(parser, "{\"prompt\":\"" + "x".repeat(2001) + "\"}").code())
                .isEqualTo("text-too-long");
        assertThat(refused(parser, "{\"prompt\":\"x\",\"user\":\"" + "x".repeat(257) + "\"}")
                        .pointer())
                .isEqualTo("/user");
    }
}
