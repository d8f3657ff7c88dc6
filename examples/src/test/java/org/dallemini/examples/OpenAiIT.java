package org.dallemini.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.models.images.Image;
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
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
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
                "model.cache",
                folder.resolve("models").toString(),
                "api.image.sizes",
                SIZE));
        stack = EmbeddedStack.start(
                new StackSettings(folder.resolve("stack"), 0, 0, 0, 0, 0, false, settings), phase -> {});
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
                .generate(question.size(Size._1024X1024).build()));
        assertThat(refused.param()).contains("size");
        assertThat(refused.code()).contains("invalid_value");
        assertThat(refused).hasMessageContaining(SIZE);
        assertThat(client.models().list().data().get(0).id()).isEqualTo("dalle-mini");
    }

    @Test
    void shouldDrawForThePythonClient() throws Exception {
        // Given
        Example python = Example.inPython(
                folder, "requirements-openai.txt", "openai_images.py", Map.of("OPENAI_BASE_URL", base));

        // When
        Example.Ended drawn = python.run("a red circle on a blue background", SIZE);
        Example.Ended refused = python.run("a cat", "1024x1024");

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
