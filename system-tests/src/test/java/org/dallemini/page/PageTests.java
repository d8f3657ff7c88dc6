package org.dallemini.page;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackSettings;

/** A real browser, and the embedded stack with the shipped model, which all tests of the page share. */
@SuppressWarnings("NullAway.Init") // by PageIT, before any test
abstract class PageTests {
    static final Duration PATIENCE = Chromium.PATIENCE;

    static final String RED_CIRCLE = "a red circle on a blue background";

    static final ObjectMapper JSON = new ObjectMapper();

    static final HttpClient HTTP = HttpClient.newHttpClient();

    static Path folder;

    static Chromium chromium;

    static EmbeddedStack stack;

    /** A job of two images, with a label; its id. */
    static String known;

    static JsonNode get(String path) throws IOException, InterruptedException {
        URI address = URI.create(stack.pageUrl()).resolve(path);
        return JSON.readTree(HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body());
    }

    static String submit(String job) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(stack.apiUrl()))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(job))
                .build();
        return JSON.readTree(HTTP.send(request, BodyHandlers.ofString()).body())
                .path("id")
                .asText();
    }

    /** Lets the token generator have something to do until it is canceled: some hundred images. */
    static void queue(String id) throws IOException, InterruptedException {
        String prompt = "{\"text\": \"a blue square\", \"count\": 50}";
        submit("{\"id\": \"" + id + "\", \"prompts\": [" + String.join(",", Collections.nCopies(6, prompt)) + "]}");
    }

    static void cancel(String job) throws IOException, InterruptedException {
        URI address = URI.create(stack.apiUrl() + "/" + job + "/cancel");
        HTTP.send(HttpRequest.newBuilder(address).POST(BodyPublishers.noBody()).build(), BodyHandlers.discarding());
    }

    static void awaitState(String job, String state) {
        await().atMost(PATIENCE)
                .until(() -> get("/v1/jobs/" + job).path("state").asText().equals(state));
    }

    static Visitor visitor() {
        return visitor(new NewContextOptions());
    }

    static Visitor visitor(NewContextOptions options) {
        return chromium.visitor(stack.pageUrl(), options);
    }

    static String hash(Visitor visitor) {
        return visitor.page().url().replaceFirst("[^#]*", "");
    }

    static Locator fact(Page page, String name) {
        return page.locator("dt:text-is(\"" + name + "\") + dd");
    }

    /** The picture of the image whose page is at this address. */
    static byte[] content(String imagePage) throws IOException, InterruptedException {
        URI address = URI.create(stack.pageUrl())
                .resolve(imagePage.replaceFirst("#/images/([^/]+)/", "/v1/jobs/$1/images/") + "/content");
        try (InputStream in = HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofInputStream())
                .body()) {
            return in.readAllBytes();
        }
    }

    static FilePayload file(String name, String content) {
        return new FilePayload(name, "text/plain", content.getBytes(StandardCharsets.UTF_8));
    }

    /** A picture that is red on its left and blue on its right. */
    static FilePayload picture(String name, int width, int height) throws IOException {
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            picture.setRGB(i % width, i / width, i % width < width / 2 ? 0xff0000 : 0x0000ff);
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", bytes);
        return new FilePayload(name, "image/png", bytes.toByteArray());
    }

    /** @param temporary a folder to work in */
    static void start(Path temporary) throws Exception {
        folder = temporary;
        chromium = Chromium.start();
        Path model = Path.of(System.getProperty("dallemini.root"), "models", "shapes");
        Map<String, String> settings = new HashMap<>(Map.of(
                "model",
                model.toString(),
                "api.model",
                model.toString(),
                "model.cache",
                folder.resolve("models").toString()));
        stack = EmbeddedStack.start(
                new StackSettings(folder.resolve("stack"), 0, 0, 0, 0, 0, StackSettings.Stages.ALL, settings),
                phase -> {});
        known = submit("{\"id\": \"known\", \"labels\": {\"mood\": \"calm\"}, \"prompts\":"
                + " [{\"text\": \"a green square\", \"count\": 2, \"seed\": 3}]}");
        awaitState(known, "completed");
    }

    static void stop() {
        if (stack != null) {
            stack.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }
}
