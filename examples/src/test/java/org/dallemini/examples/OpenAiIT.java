package org.dallemini.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.images.Image;
import com.openai.models.images.ImageCreateVariationParams;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImageGenerateParams.ResponseFormat;
import com.openai.models.images.ImageGenerateParams.Size;
import com.openai.models.images.ImagesResponse;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's own clients draw with the shipped model; nothing but their base URL is changed. */
class OpenAiIT {
    private static final String SIZE = "64x64";

    @TempDir
    private static Path folder;

    private static EmbeddedStack stack;
    private static String base;

    @BeforeAll
    static void start() throws Exception {
        Path model = Path.of(System.getProperty("dallemini.root"), "models", "shapes");
        Map<String, String> settings = new HashMap<>(Map.of(
                "model",
                model.toString(),
                "api.model",
                model.toString(),
                "model.cache",
                folder.resolve("models").toString(),
                "api.image.sizes",
                SIZE));
        stack = EmbeddedStack.start(
                new StackSettings(folder.resolve("stack"), 0, 0, 0, 0, 0, StackSettings.Stages.ALL, settings),
                phase -> {});
        base = stack.apiUrl().replace("/jobs", "");
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    private static BufferedImage png(byte[] bytes) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
        assertThat(image.getWidth() + "x" + image.getHeight()).isEqualTo(SIZE);
        return image;
    }

    private static BufferedImage inline(Image image) throws IOException {
        return png(Base64.getDecoder().decode(image.b64Json().orElseThrow()));
    }

    private static byte[] fetch(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofByteArray())
                .body();
    }

    private static int[] pixels(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    @Test
    void shouldDrawForTheJavaClient() throws Exception {
        // Given
        OpenAIClient client =
                OpenAIOkHttpClient.builder().baseUrl(base).apiKey("unused").build();
        ImageGenerateParams.Builder question = ImageGenerateParams.builder()
                .prompt("a red circle on a blue background")
                .model("dall-e-2")
                .size(Size.of(SIZE));

        // When: image i has the seed + i
        ImagesResponse both = client.images()
                .generate(question.n(2)
                        .responseFormat(ResponseFormat.B64_JSON)
                        .putAdditionalBodyProperty("seed", JsonValue.from(7))
                        .build());
        ImagesResponse second = client.images()
                .generate(question.n(1)
                        .responseFormat(ResponseFormat.URL)
                        .putAdditionalBodyProperty("seed", JsonValue.from(8))
                        .build());

        // Then
        List<Image> images = both.data().orElseThrow();
        assertThat(images).hasSize(2);
        assertThat(both.size().orElseThrow().toString()).isEqualTo(SIZE);
        String url = second.data().orElseThrow().get(0).url().orElseThrow();
        assertThat(pixels(png(fetch(url))))
                .isEqualTo(pixels(inline(images.get(1))))
                .isNotEqualTo(pixels(inline(images.get(0))));

        // And
        BadRequestException refused = catchThrowableOfType(BadRequestException.class, () -> client.images()
                .generate(question.size(Size.of("2048x2048")).build()));
        assertThat(refused.param()).contains("size");
        assertThat(refused.code()).contains("invalid_value");
        assertThat(refused).hasMessageContaining(SIZE).hasMessageContaining("16 times");
        assertThat(client.models().list().data().get(0).id()).isEqualTo("shapes");
    }

    @Test
    void shouldDrawInTheSizesAndFormatsOfOpenAi() throws Exception {
        // Given
        OpenAIClient client =
                OpenAIOkHttpClient.builder().baseUrl(base).apiKey("unused").build();

        // When: as clients of DALL·E 3 and of gpt-image-1 ask by default and otherwise
        ImagesResponse wide = client.images()
                .generate(ImageGenerateParams.builder()
                        .prompt("a red circle on a blue background")
                        .model("dall-e-3")
                        .size(Size._1792X1024)
                        .quality(ImageGenerateParams.Quality.HD)
                        .style(ImageGenerateParams.Style.NATURAL)
                        .build());
        ImagesResponse jpeg = client.images()
                .generate(ImageGenerateParams.builder()
                        .prompt("a red circle on a blue background")
                        .model("gpt-image-1")
                        .outputFormat(ImageGenerateParams.OutputFormat.JPEG)
                        .outputCompression(80)
                        .background(ImageGenerateParams.Background.TRANSPARENT)
                        .moderation(ImageGenerateParams.Moderation.LOW)
                        .build());

        // Then
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(
                fetch(wide.data().orElseThrow().get(0).url().orElseThrow())));
        assertThat(picture.getWidth()).isEqualTo(1792);
        assertThat(picture.getHeight()).isEqualTo(1024);
        assertThat(wide.size().orElseThrow().toString()).isEqualTo("1792x1024");
        byte[] file = Base64.getDecoder()
                .decode(jpeg.data().orElseThrow().get(0).b64Json().orElseThrow());
        assertThat(file).startsWith(0xff, 0xd8);
        assertThat(ImageIO.read(new ByteArrayInputStream(file)).getWidth()).isEqualTo(64);
    }

    @Test
    void shouldEditVaryAndStreamForTheJavaClient() throws Exception {
        // Given a picture, and a mask that keeps its first row of tokens
        OpenAIClient client =
                OpenAIOkHttpClient.builder().baseUrl(base).apiKey("unused").build();
        byte[] drawn = Base64.getDecoder()
                .decode(client.images()
                        .generate(ImageGenerateParams.builder()
                                .prompt("a red circle on a blue background")
                                .responseFormat(ResponseFormat.B64_JSON)
                                .putAdditionalBodyProperty("seed", JsonValue.from(7))
                                .build())
                        .data()
                        .orElseThrow()
                        .get(0)
                        .b64Json()
                        .orElseThrow());
        BufferedImage mask = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 64 * 8; i++) {
            mask.setRGB(i % 64, i / 64, 0xff000000);
        }
        Path maskFile = folder.resolve("mask.png");
        ImageIO.write(mask, "png", maskFile.toFile());
        Path picture = Files.write(folder.resolve("picture.png"), drawn);

        // When
        ImagesResponse edited = client.images()
                .edit(ImageEditParams.builder()
                        .prompt("a green square on a white background")
                        .image(picture)
                        .mask(maskFile)
                        .model("gpt-image-1")
                        .build());
        ImagesResponse varied = client.images()
                .createVariation(ImageCreateVariationParams.builder()
                        .image(new ByteArrayInputStream(drawn)) // a part without a file's name
                        .n(2)
                        .build());
        List<String> events = new ArrayList<>();
        try (StreamResponse<ImageGenStreamEvent> stream = client.images()
                .generateStreaming(ImageGenerateParams.builder()
                        .prompt("a red circle on a blue background")
                        .partialImages(2)
                        .build())) {
            stream.stream().forEach(event -> events.add(event.isGenerationCompleted() ? "completed" : "partial"));
        }

        // Then: what was kept is nearly as it was, the rest goes on from there, though not with the same pixels
        int[] before = pixels(png(drawn));
        int[] after = pixels(inline(edited.data().orElseThrow().get(0)));
        assertThat(differences(before, after, 0, 6)).isLessThan(12);
        assertThat(differences(before, after, 20, 50)).isGreaterThan(5);
        assertThat(varied.data().orElseThrow()).hasSize(2);
        assertThat(events).endsWith("completed").filteredOn("completed"::equals).hasSize(1);
    }

    /** The mean over rows, of 255. */
    private static double differences(int[] one, int[] two, int firstRow, int lastRow) {
        long sum = 0;
        for (int i = 64 * firstRow; i < 64 * lastRow; i++) {
            for (int shift = 0; shift < 24; shift += 8) {
                sum += Math.abs((one[i] >> shift & 0xff) - (two[i] >> shift & 0xff));
            }
        }
        return sum / (3.0 * 64 * (lastRow - firstRow));
    }

    /** Clients show the message of OpenAI's errors, and nothing of any other. */
    @Test
    void shouldTellTheJavaClientWhatIsNotHere() {
        // Given
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(base)
                .apiKey("unused")
                .maxRetries(0)
                .build();

        // When, Then
        assertNotHere("There is no chat here", () -> client.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model("shapes")
                        .addUserMessage("Hello")
                        .build()));
        assertNotHere("no embeddings", () -> client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("shapes")
                        .input("x")
                        .build()));
    }

    private static void assertNotHere(String said, ThrowingCallable call) {
        NotFoundException refused = catchThrowableOfType(NotFoundException.class, call);
        assertThat(refused).hasMessageContaining(said).hasMessageContaining("/v1/images/generations");
        assertThat(refused.code()).contains("unknown_path");
    }

    @Test
    void shouldTellThePythonClientWhatIsNotHere() throws Exception {
        // Given
        Example example = Example.inPython(
                folder, "requirements-openai.txt", "openai_images.py", Map.of("OPENAI_BASE_URL", base));
        Path script = folder.resolve("not_here.py");
        Files.writeString(script, """
                import os, openai

                def client(base):
                    return openai.OpenAI(base_url=base, api_key="none", max_retries=0)

                base = os.environ["OPENAI_BASE_URL"]
                here, astray = client(base), client(base.removesuffix("/v1"))
                for call in (
                    lambda: here.responses.create(model="m", input="Hello"),
                    lambda: here.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hello"}]),
                    lambda: next(iter(here.chat.completions.create(
                        model="m", messages=[{"role": "user", "content": "Hello"}], stream=True))),
                    lambda: here.embeddings.create(model="m", input="x"),
                    lambda: here.audio.speech.create(model="m", voice="v", input="x"),
                    lambda: here.files.list(),
                    lambda: here.models.retrieve("gpt-4"),
                    lambda: astray.images.generate(prompt="a cat"),
                ):
                    try:
                        call()
                        print("done")
                    except openai.APIStatusError as e:
                        print(e.status_code, e.code, e.message)
                """);

        // When
        Example.Ended ended =
                new Example(folder, List.of(example.command().get(0), script.toString()), example.environment()).run();

        // Then
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out().lines())
                .hasSize(8)
                .allMatch(line -> line.matches("404 (unknown_path|model_not_found) .*"))
                .anyMatch(line -> line.contains("There is no chat here"))
                .anyMatch(line -> line.contains("ends with /v1"));
    }

    @Test
    void shouldEditVaryAndStreamForThePythonClient() throws Exception {
        // Given
        Example example = Example.inPython(
                folder, "requirements-openai.txt", "openai_images.py", Map.of("OPENAI_BASE_URL", base));
        Path script = folder.resolve("edits.py");
        Files.writeString(script, """
                import base64, io, os, openai

                client = openai.OpenAI(base_url=os.environ["OPENAI_BASE_URL"], api_key="none", max_retries=0)
                drawn = client.images.generate(prompt="a red circle", size="512x512", response_format="b64_json")
                picture = base64.b64decode(drawn.data[0].b64_json)
                named = lambda: ("a.png", io.BytesIO(picture), "image/png")
                edited = client.images.edit(image=named(), prompt="a green square", n=2, size="256x256")
                varied = client.images.create_variation(image=named(), response_format="b64_json")
                print(len(edited.data), len(varied.data), varied.data[0].model_extra["prompt"])
                for event in client.images.generate(prompt="a red circle", stream=True, partial_images=2):
                    print(event.type)
                try:
                    client.images.edit(image=("a.png", io.BytesIO(bytes(3_000_000)), "image/png"), prompt="a cat")
                except openai.APIStatusError as e:
                    print(e.status_code, e.code, e.param)
                """);

        // When
        Example.Ended ended =
                new Example(folder, List.of(example.command().get(0), script.toString()), example.environment()).run();

        // Then
        assertThat(ended.code()).as(ended.err()).isZero();
        List<String> lines = ended.out().lines().toList();
        assertThat(lines.get(0)).isEqualTo("2 1 a red circle");
        assertThat(lines).contains("image_generation.completed").endsWith("400 invalid_value image");
    }

    @Test
    void shouldDrawForThePythonClient() throws Exception {
        // Given
        Example python = Example.inPython(
                folder, "requirements-openai.txt", "openai_images.py", Map.of("OPENAI_BASE_URL", base));

        // When
        Example.Ended drawn = python.run("a red circle on a blue background", SIZE);
        Example.Ended refused = python.run("a cat", "2048x2048");

        // Then
        assertThat(drawn.code()).as(drawn.err()).isZero();
        assertThat(drawn.out().lines()).hasSize(2).allMatch(line -> line.contains(".png http://127.0.0.1:"));
        int[] first = pixels(png(Files.readAllBytes(folder.resolve("image-0.png"))));
        assertThat(pixels(png(Files.readAllBytes(folder.resolve("image-1.png")))))
                .isNotEqualTo(first);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("size: invalid_value: ").contains(SIZE);
    }
}
