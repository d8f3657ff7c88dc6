package org.dallemini.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.ReducedMotion;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
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
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.dallemini.ingest.PromptIngest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.api.ApiKey;
import org.dallemini.ingest.api.KeysFile;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Role;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackSettings;
import org.dallemini.stage.RunningStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The page as people use it: a real browser, and the embedded stack with the shipped model. */
class PageIT {
    private static final Duration PATIENCE = Chromium.PATIENCE;
    private static final String RED_CIRCLE = "a red circle on a blue background";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;

    private static Chromium chromium;
    private static EmbeddedStack stack;

    /** A job of two images, with a label; its id. */
    private static String known;

    @BeforeAll
    static void start() throws Exception {
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

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    private static JsonNode get(String path) throws IOException, InterruptedException {
        URI address = URI.create(stack.pageUrl()).resolve(path);
        return JSON.readTree(HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body());
    }

    private static String submit(String job) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(stack.apiUrl()))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(job))
                .build();
        return JSON.readTree(HTTP.send(request, BodyHandlers.ofString()).body())
                .path("id")
                .asText();
    }

    /** Lets the token generator have something to do: some hundred images. */
    private static void queue(String id, int hundreds) throws IOException, InterruptedException {
        String prompt = "{\"text\": \"a blue square\", \"count\": 50}";
        submit("{\"id\": \"" + id + "\", \"prompts\": [" + String.join(",", Collections.nCopies(2 * hundreds, prompt))
                + "]}");
    }

    private static void awaitState(String job, String state) {
        await().atMost(PATIENCE)
                .until(() -> get("/v1/jobs/" + job).path("state").asText().equals(state));
    }

    private static Visitor visitor() {
        return visitor(new NewContextOptions());
    }

    private static Visitor visitor(NewContextOptions options) {
        return chromium.visitor(stack.pageUrl(), options);
    }

    private static String hash(Visitor visitor) {
        return visitor.page().url().replaceFirst("[^#]*", "");
    }

    @Test
    void shouldDrawImagesFindThemAndDrawOneAgain() throws Exception {
        try (Visitor visitor = visitor()) {
            // When
            visitor.open("").prompt().fill(RED_CIRCLE);
            Page page = visitor.page();
            page.getByLabel("Images").fill("2");
            page.getByLabel("Seed").fill("9007199254740993"); // more than a number of JavaScript holds
            page.getByText("More", new Page.GetByTextOptions().setExact(true)).click();
            page.getByLabel("Labels").fill("series:page, by:me");
            visitor.button("Draw").click();

            // Then: places for both at once, which the images take
            assertThat(page.locator(".job .tile")).hasCount(2);
            visitor.awaitDrawn(2);
            assertThat(page.locator(".job .status")).hasText("All 2 images are there.");
            assertThat(visitor.drawn().first()).hasAttribute("alt", RED_CIRCLE);
            assertThat(visitor.drawn().first())
                    .hasAttribute("src", Pattern.compile(".*/content\\?size=256x256&format=webp"));

            // When
            page.locator(".job .tile a").nth(1).click();

            // Then
            assertThat(visitor.heading()).hasText(RED_CIRCLE);
            assertThat(visitor.heading()).isFocused();
            assertThat(fact(page, "Seed")).hasText("9007199254740994");
            assertThat(fact(page, "Guidance")).hasText("2");
            assertThat(fact(page, "Labels")).containsText("series:page");
            String first = hash(visitor);

            // When
            page.getByText("Again with this seed").click();
            assertThat(visitor.prompt()).hasValue(RED_CIRCLE);
            assertThat(visitor.button("Draw")).isFocused();
            page.keyboard().press("Enter");
            visitor.awaitDrawn(1);
            page.locator(".job .tile a").click();

            // Then
            assertThat(fact(page, "Seed")).hasText("9007199254740994");
            String second = hash(visitor);
            assertThat(second).isNotEqualTo(first);
            assertThat(content(second)).isEqualTo(content(first));

            // When
            visitor.open("#/images");
            page.getByLabel("Words of the prompt").fill("BLUE circle");
            page.getByLabel("Label").fill("series:page");
            page.keyboard().press("Enter");

            // Then
            assertThat(page.locator("main .tile")).hasCount(3);
            assertThat(page.locator("main").getByRole(AriaRole.STATUS)).containsText("3 images");
            page.getByLabel("Words of the prompt").fill("triangle");
            page.keyboard().press("Enter");
            assertThat(page.getByText("No recent image fits")).isVisible();
        }
    }

    private static Locator fact(Page page, String name) {
        return page.locator("dt:text-is(\"" + name + "\") + dd");
    }

    /** The picture of the image whose page is at this address. */
    private static byte[] content(String imagePage) throws IOException, InterruptedException {
        URI address = URI.create(stack.pageUrl())
                .resolve(imagePage.replaceFirst("#/images/([^/]+)/", "/v1/jobs/$1/images/") + "/content");
        try (InputStream in = HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofInputStream())
                .body()) {
            return in.readAllBytes();
        }
    }

    @Test
    void shouldShowTheJobAgainWhenThePageIsLoadedAnew() throws Exception {
        // Given: others before it, so that it is still waiting when the page is loaded anew
        queue("before-the-reload", 1);
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("").page();
            visitor.prompt().fill(RED_CIRCLE);
            page.getByLabel("Images").fill("2");
            page.getByLabel("Seed").fill("77");
            visitor.button("Draw").click();
            assertThat(page.locator(".job .tile")).hasCount(2);
            String address = hash(visitor);
            assertThat(address).matches("#/\\?text=.*&count=2&seed=77&job=page-[0-9a-f]{24}");

            // When
            page.reload();

            // Then
            assertThat(page.locator(".result h2")).hasText(RED_CIRCLE);
            assertThat(visitor.prompt()).hasValue(RED_CIRCLE);
            assertThat(page.getByLabel("Seed")).hasValue("77");
            visitor.awaitDrawn(2);

            // When, Then: also for those who come back from elsewhere, and for those who were sent the address
            page.locator("nav").getByText("Jobs").click();
            assertThat(visitor.heading()).hasText("Jobs");
            page.locator("nav").getByText("Draw").click();
            assertThat(page.locator(".result h2")).hasText(RED_CIRCLE);
            assertThat(hash(visitor)).isEqualTo(address);
            try (Visitor friend = visitor()) {
                friend.open(address);
                friend.awaitDrawn(2);
            }
        }
    }

    @Test
    void shouldShowTheNewestJobHoweverManyThereAre() throws Exception {
        // Given: more than a page of them, whose ids come before and behind
        for (int i = 0; i < 205; i++) {
            submit("{\"id\": \"a-many-%03d\", \"prompts\": [{\"text\": \"a white star\", \"seed\": 1}]}".formatted(i));
        }
        submit("{\"id\": \"zz-newest\", \"prompts\": [{\"text\": \"a white star\", \"seed\": 1}]}");
        await().atMost(PATIENCE)
                .until(() -> get("/v1/jobs/zz-newest").path("state").asText().equals("completed"));
        try (Visitor visitor = visitor()) {
            // When
            Page page = visitor.open("#/jobs").page();

            // Then
            assertThat(page.locator(".card").first()).containsText("zz-newest");
            assertThat(page.locator("main").getByRole(AriaRole.STATUS).first())
                    .hasText("200 jobs, and there are more, the newest first");
            visitor.button("More").click();
            assertThat(page.locator(".card a[href='#/jobs/a-many-000']")).isVisible();
            assertThat(page.locator(".card").first()).containsText("zz-newest");
        }
    }

    @Test
    void shouldSayOfTheModelThatDrawsWhatItsCardSays() {
        try (Visitor visitor = visitor()) {
            // When
            Page page = visitor.open("").page();

            // Then
            assertThat(page.locator("footer"))
                    .containsText("Pictures are drawn here by the model shapes. It draws simple coloured shapes");
            assertThat(page.locator("footer")).not().containsText("internet");
            assertThat(page.locator("#text-hint")).hasText("In English. Enter draws.");
            assertThat(visitor.prompt()).hasAttribute("placeholder", RED_CIRCLE);
            visitor.open("#/about");
            assertThat(page.locator(".prose")).containsText("It knows circles, squares, triangles");
            assertThat(page.locator(".prose")).containsText("CC0-1.0");
            assertThat(page.locator(".prose")).not().containsText("internet");
            assertThat(page.locator(".prose")).not().containsText("people");
        }
    }

    /** The answers are made here: nothing is known at first, and then the first image tells a name. */
    @Test
    void shouldClaimNothingOfAModelThatItDoesNotKnow() {
        String[] name = {"null"};
        try (Visitor visitor = visitor()) {
            Page page = visitor.page();
            page.route(
                    "**/v1/model-card",
                    route -> route.fulfill(new FulfillOptions()
                            .setContentType("application/json")
                            .setBody("{\"name\": " + name[0] + ", \"description\": \"\", \"source\": null,"
                                    + " \"languages\": [], \"examples\": [], \"limits\": [], \"biases\": [],"
                                    + " \"trainingData\": null, \"intendedUses\": [], \"excludedUses\": [],"
                                    + " \"licence\": null, \"emissions\": null}")));
            page.route(
                    "**/v1/images?limit=6",
                    route -> route.fulfill(new FulfillOptions().setBody("{\"images\": [], \"next\": null}")));

            // When, Then
            visitor.open("");
            assertThat(page.getByText("Nothing has been drawn yet")).isVisible();
            assertThat(page.getByText("Try ")).hasCount(0);
            assertThat(page.locator("#model"))
                    .hasText("Pictures are drawn here by a model. Its filters miss much. About it");
            assertThat(page.locator("#text-hint")).hasText("Enter draws.");
            name[0] = "\"mega\"";
            visitor.open("#/about");
            assertThat(page.locator(".prose")).containsText("The model that draws here is mega.");
            assertThat(page.locator(".prose")).containsText("it has no model card");
        }
    }

    @Test
    void shouldShowMarkupAsText() throws Exception {
        // Given
        String attack = "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script> a red circle";
        String job = submit(JSON.writeValueAsString(Map.of(
                "labels", Map.of("<b>name</b>", "\"><script>alert(2)</script>"),
                "prompts", List.of(Map.of("text", attack)))));
        awaitState(job, "completed");
        try (Visitor visitor = visitor()) {
            visitor.page().onDialog(Dialog::dismiss);
            visitor.page().onDialog(dialog -> visitor.complaints().add("a script ran: " + dialog.message()));

            // When, Then
            visitor.open("#/images/" + job + "/" + job + "/0");
            assertThat(visitor.heading()).hasText(attack);
            assertThat(fact(visitor.page(), "Labels")).containsText("<b>name</b>:\"><script>alert(2)</script>");
            visitor.page().getByText("Again with this seed").click();
            assertThat(visitor.prompt()).hasValue(attack);
            visitor.open("#/images");
            assertThat(visitor.page().getByAltText(attack)).isVisible();
            visitor.open("#/jobs");
            assertThat(visitor.page().getByText("<b>name</b>")).isVisible();
            assertThat(visitor.page().locator("img[src=x]")).hasCount(0);
            assertThat(visitor.page().title()).isEqualTo("Jobs – DALL·E mini");
        }
    }

    @Test
    void shouldWorkWithTheKeyboardAlone() {
        try (Visitor visitor = visitor()) {
            // When
            Page page = visitor.open("").page();
            page.keyboard().press("Tab");

            // Then
            assertThat(visitor.button("Skip to the content")).isFocused();
            page.keyboard().press("Enter");
            assertThat(visitor.heading()).isFocused();
            page.keyboard().press("Tab");
            assertThat(visitor.prompt()).isFocused();
            page.keyboard().type("a yellow triangle");
            page.keyboard().press("Tab");
            assertThat(page.getByLabel("Images")).isFocused();
            page.keyboard().type("1"); // in place of what is there: a field that is tabbed to is marked
            page.keyboard().press("Enter");
            visitor.awaitDrawn(1);
            tabTo(page, page.locator(".job .tile a"));
            page.keyboard().press("Enter");
            assertThat(visitor.heading()).hasText("a yellow triangle");
        }
    }

    /** On the way there each thing that has the focus shows it. */
    private static void tabTo(Page page, Locator target) {
        for (int i = 0; i < 30; i++) {
            page.keyboard().press("Tab");
            assertThat(page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle"))
                    .isEqualTo("solid");
            if (Boolean.TRUE.equals(target.evaluate("(element) => element === document.activeElement"))) {
                return;
            }
        }
        throw new AssertionError("Tab does not lead to " + target);
    }

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"},
            mode = Mode.INCLUDE)
    void shouldBeAccessibleAndFitAPhone(ColorScheme colours) throws Exception {
        try (Visitor visitor = visitor(new NewContextOptions()
                .setColorScheme(colours)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setViewportSize(320, 640)
                .setBypassCSP(true))) { // for axe, which is no part of the page
            for (String view : List.of(
                    "",
                    "#/images",
                    "#/images?favourites=1",
                    "#/images/known/known/0",
                    "#/jobs",
                    "#/jobs/known",
                    "#/about",
                    "#/no/such")) {
                // When
                Page page = visitor.open(view).page();
                page.waitForLoadState();
                await().atMost(PATIENCE)
                        .until(() -> (boolean) page.evaluate("() => [...document.querySelectorAll('main img')]"
                                + ".every((img) => img.complete || img.getBoundingClientRect().top > innerHeight)"));
                page.locator("details").all().forEach(Locator::click);

                // Then
                assertThatItIsAccessibleAndFits(page, view);
                double light = ((Number) page.evaluate(
                                "() => Number(getComputedStyle(document.body)" + ".backgroundColor.match(/\\d+/)[0])"))
                        .doubleValue();
                assertThat(light < 128).isEqualTo(colours == ColorScheme.DARK);
            }
        }
    }

    /** On a phone of 320 pixels. */
    private static void assertThatItIsAccessibleAndFits(Page page, String view) throws IOException {
        try (InputStream in = Objects.requireNonNull(PageIT.class.getResourceAsStream("/axe.min.js"))) {
            page.evaluate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(page.evaluate("() => document.documentElement.scrollWidth"))
                .as(view)
                .isEqualTo(320);
        assertThat(page.evaluate("async () => (await axe.run()).violations.map((one) =>"
                        + " `${one.id}: ${one.nodes.map((node) => node.html)}`)"))
                .as(view)
                .isEqualTo(List.of());
    }

    /** What is there only after something was done. */
    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"},
            mode = Mode.INCLUDE)
    void shouldBeAccessibleInItsDialogsToo(ColorScheme colours) throws Exception {
        try (Visitor visitor = visitor(new NewContextOptions()
                .setColorScheme(colours)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setViewportSize(320, 640)
                .setBypassCSP(true))) {
            Page page = visitor.open("#/images?label=mood:calm").page();

            // When, Then
            page.locator(".tile input").nth(0).check();
            page.locator(".tile input").nth(1).check();
            assertThatItIsAccessibleAndFits(page, "a selection");
            visitor.button("Side by side").click();
            assertThat(page.locator("dialog[open] .picture")).hasCount(2);
            assertThatItIsAccessibleAndFits(page, "side by side");
            page.keyboard().press("Escape");
            page.locator("main .tile a").first().click();
            assertThat(page.locator("dialog[open] .picture")).isVisible();
            assertThatItIsAccessibleAndFits(page, "a large view");
            page.keyboard().press("Escape");
            visitor.button("Keys").click();
            assertThatItIsAccessibleAndFits(page, "the keys");
            page.keyboard().press("Escape");

            // When, Then
            visitor.open("");
            page.getByText("Start from a picture").click();
            page.getByLabel("A picture to start from").setInputFiles(picture("dots.png", 100, 50));
            page.getByLabel("The model draws").selectOption("paint");
            assertThatItIsAccessibleAndFits(page, "painting");
            page.getByLabel("The model draws").selectOption("rows");
            visitor.prompt().fill("a {red,blue} circle");
            page.getByLabel("Images").fill("1");
            visitor.button("Draw").click();
            visitor.awaitDrawn(2);
            assertThatItIsAccessibleAndFits(page, "a drawing");

            // When, Then
            visitor.open("#/jobs");
            page.getByText("Draw a file of prompts").click();
            page.getByLabel("A file of prompts").setInputFiles(file("a.csv", "text,count\na,70\n"));
            assertThat(page.locator(".upload .failures")).isVisible();
            assertThatItIsAccessibleAndFits(page, "bad lines");
        }
    }

    private static FilePayload file(String name, String content) {
        return new FilePayload(name, "text/plain", content.getBytes(StandardCharsets.UTF_8));
    }

    /** A picture that is red on its left and blue on its right. */
    private static FilePayload picture(String name, int width, int height) throws IOException {
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            picture.setRGB(i % width, i / width, i % width < width / 2 ? 0xff0000 : 0x0000ff);
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", bytes);
        return new FilePayload(name, "image/png", bytes.toByteArray());
    }

    @Test
    void shouldSayWhatIsWrongBesideTheField() {
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("").page();

            // When, Then: what the page sees by itself
            visitor.button("Draw").click();
            assertThat(page.locator("#text-error")).hasText("Say what shall be drawn.");
            assertThat(visitor.prompt()).isFocused();
            visitor.prompt().fill("\u200b");
            visitor.button("Draw").click();
            assertThat(page.locator("#text-error")).hasText("text is blank: say what to draw.");

            // When, Then: what the server refuses
            visitor.prompt().fill(RED_CIRCLE);
            page.getByLabel("Images").fill("1000");
            page.keyboard().press("Enter");
            assertThat(page.locator("#count-error")).containsText("allowed is 1 to 64");
            assertThat(page.getByLabel("Images")).isFocused();
            assertThat(page.getByLabel("Images")).hasAttribute("aria-invalid", "true");
            assertThat(page.locator("#text-error")).hasText("");
            page.getByLabel("Images").fill("1");
            page.getByLabel("Seed").fill("lucky");
            page.keyboard().press("Enter");
            assertThat(page.locator("#seed-error")).containsText("seed");
            page.getByLabel("Seed").fill("");
            page.getByText("More", new Page.GetByTextOptions().setExact(true)).click();
            page.getByLabel("Top-p").fill("2");
            page.keyboard().press("Enter");
            assertThat(page.locator("#topP-error")).containsText("topP is 2");
            page.getByLabel("Top-p").fill("");
            page.getByLabel("Labels").fill("spring");
            page.keyboard().press("Enter");
            assertThat(page.locator("#labels-error")).containsText("name:value");
        }
    }

    @Test
    void shouldDrawOnceWhatWasSentTwice() {
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("").page();
            List<String> sent = new CopyOnWriteArrayList<>();

            // Given: answers to submissions get lost on their way
            page.route("**/v1/jobs", route -> {
                sent.add(route.request().postData());
                route.fetch();
                route.abort();
            });

            // When
            visitor.prompt().fill("a white square");
            page.getByLabel("Images").fill("1");
            visitor.button("Draw").click();

            // Then
            assertThat(page.locator("#form-error")).containsText("does not answer");
            page.unroute("**/v1/jobs");
            visitor.notePosts(sent);
            visitor.button("Draw").click();
            visitor.awaitDrawn(1);
            assertThat(sent).hasSize(2);
            assertThat(sent.get(1)).isEqualTo(sent.get(0));
            assertThat(page.locator("#form-error")).hasText("");
        }
    }

    @Test
    void shouldShowJobsAndWhyTheyFailed() throws Exception {
        // Given
        String job = submit("{\"id\": \"half\", \"prompts\": [\"a red circle\","
                + " {\"text\": \"a green square\", \"prefix\": {\"picture\": \"bm8gcGljdHVyZQ==\", \"rows\": 2}}]}");
        awaitState(job, "failed");
        try (Visitor visitor = visitor()) {
            // When
            Page page = visitor.open("#/jobs").page();
            page.getByLabel("State").selectOption("failed");
            visitor.button("Show").click();

            // Then
            Locator card = page.locator(".card");
            assertThat(card).hasCount(1);
            assertThat(card).containsText("1 of 2 images there, 1 image failed.");
            assertThat(card).containsText("the picture is neither PNG nor JPEG");
            card.getByRole(AriaRole.LINK).click();
            assertThat(visitor.heading()).hasText("Job half");
            visitor.awaitDrawn(1);
            assertThat(page.locator(".job")).containsText("the picture is neither PNG nor JPEG");

            // And
            visitor.open("#/jobs/nobody");
            assertThat(page.locator(".job .error")).containsText("No such job is known");
            visitor.open("#/images/known/known/7");
            assertThat(page.getByRole(AriaRole.ALERT)).containsText("The job has no such image");
        }
    }

    /** The answers are made here: what the page makes of them is the point. */
    @Test
    void shouldFollowEventsAndCancelWhereTheServerCan() throws Exception {
        // Given: a stream that breaks off
        String status = get("/v1/jobs/known").toString();
        String running = status.replace("completed", "running");
        JsonNode images = get("/v1/jobs/known/images").path("images");
        List<String> streams = List.of(
                ": hello\n\nid: 1\nevent: status\ndata: " + running + "\n\nid: 2\nevent: image\ndata: " + images.path(1)
                        + "\n\nid: 3\nevent: im",
                "id: 3\r\nevent: image\r\ndata: " + images.path(1) + "\r\n\r\nid: 4\r\nevent: image\r\ndata:"
                        + images.path(0) + "\r\n\r\nid: 5\r\nevent: status\r\ndata: " + status
                        + "\r\n\r\nevent: end\r\ndata: {}\r\n\r\n");
        try (Visitor visitor = visitor()) {
            Page page = visitor.page();
            page.route(
                    "**/openapi.json",
                    route -> route.fulfill(new FulfillOptions()
                            .setBody("{\"paths\": {\"/v1/jobs/{id}/events\": {\"get\": {}},"
                                    + " \"/v1/jobs/{job}/cancel\": {\"post\": {}}}}")));
            List<String> resumedBehind = new CopyOnWriteArrayList<>();
            page.route("**/events", route -> {
                String last = route.request().headers().getOrDefault("last-event-id", "");
                resumedBehind.add(last);
                route.fulfill(new FulfillOptions()
                        .setContentType("text/event-stream")
                        .setBody(streams.get(last.isEmpty() ? 0 : 1)));
            });
            List<String> canceled = new CopyOnWriteArrayList<>();
            page.route("**/cancel", route -> {
                canceled.add(route.request().method());
                route.fulfill(new FulfillOptions().setStatus(202).setBody(running));
            });

            // When
            visitor.open("#/jobs/known");
            visitor.button("Cancel").click();

            // Then
            visitor.awaitDrawn(2);
            assertThat(page.locator(".job .status")).hasText("All 2 images are there.");
            assertThat(visitor.button("Cancel")).hasCount(0);
            assertThat(canceled).containsExactly("POST");
            assertThat(resumedBehind).containsExactly("", "2");
            assertThat(visitor.addresses()).noneMatch(one -> one.endsWith("/v1/jobs/known"));
        }
    }

    @Test
    void shouldShowImagesRowByRowWhileTheyAreDrawn() throws Exception {
        // Given: others before it, so that the page follows the job when its turn comes
        queue("before-it", 2);
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("").page();
            visitor.noteShown(".tile .preview");
            visitor.noteShown(".tile .caption");

            // When
            visitor.prompt().fill(RED_CIRCLE);
            page.getByLabel("Images").fill("16");
            visitor.button("Draw").click();
            visitor.awaitDrawn(16);

            // Then
            assertThat(visitor.shown(".tile .preview")).isNotEmpty().containsOnly("64 wide, seen by all");
            assertThat(visitor.shown(".tile .caption"))
                    .isNotEmpty()
                    .allMatch(text -> text.matches("Drawing: row [1-7] of 8"));
            assertThat(page.locator(".preview, .caption, .waiting")).hasCount(0);
        }
    }

    @Test
    void shouldMakeAPromptOfEachCombination() {
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("").page();
            Locator makes = page.locator("#makes");

            // When, Then: what it will be is told while it is typed, and nothing wrong is sent
            page.getByLabel("Images").fill("2");
            assertThat(makes).hasText("2 images");
            visitor.prompt().fill("a {red,blue");
            assertThat(makes).containsText("leaves a brace open");
            visitor.button("Draw").click();
            assertThat(page.locator("#text-error")).containsText("leaves a brace open");
            visitor.prompt().fill("{a,b}".repeat(9));
            assertThat(makes).hasText("512 prompts: at most 256 go together.");
            visitor.button("Draw").click();
            assertThat(page.locator("#text-error")).containsText("That makes 512 prompts");
            visitor.prompt().fill("a \\{small\\} {red|blue} {circle,star}");
            assertThat(makes).hasText("4 prompts, 8 images");

            // When
            visitor.prompt().fill("a {red,blue} {circle,star}");
            page.getByLabel("Images").fill("1");
            assertThat(makes).hasText("4 prompts, 4 images");
            visitor.button("Draw").click();
            visitor.awaitDrawn(4);

            // Then
            List<String> combinations = List.of("a red circle", "a red star", "a blue circle", "a blue star");
            assertThat(visitor.drawn().evaluateAll("(all) => all.map((img) => img.alt)"))
                    .isEqualTo(combinations);
            assertThat(page.locator(".job .tile .words").last()).hasText("a blue star");

            // When, Then: after a reload all of it is there again
            page.reload();
            assertThat(visitor.prompt()).hasValue("a {red,blue} {circle,star}");
            visitor.awaitDrawn(4);
            assertThat(makes).hasText("4 prompts, 4 images");
        }
    }

    @Test
    void shouldStartFromAPicture() throws Exception {
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("").page();
            List<String> sent = new CopyOnWriteArrayList<>();
            visitor.notePosts(sent);
            Locator thumbnail = page.locator(".thumbnail");
            Locator rows = page.getByLabel("Upper rows to keep");

            // When, Then: what is no picture is said, and what was chosen can be removed
            page.getByText("Start from a picture").click();
            Locator chooser = page.getByLabel("A picture to start from");
            chooser.setInputFiles(file("notes.txt", "no picture"));
            assertThat(page.locator("#start-error")).containsText("notes.txt is neither PNG nor JPEG");
            chooser.setInputFiles(new FilePayload("bad.png", "image/png", new byte[] {1, 2, 3}));
            assertThat(page.locator("#start-error")).containsText("bad.png cannot be read");
            chooser.setInputFiles(picture("left-and-right.png", 100, 50));
            assertThat(thumbnail).hasAttribute("aria-label", "The picture, of which the upper 4 of 8 rows are kept");
            visitor.button("Remove it").click();
            assertThat(thumbnail).isHidden();

            // When: it is pasted, and drawn on
            page.evaluate("""
                    async () => {
                      const canvas = Object.assign(document.createElement("canvas"), { width: 600, height: 300 });
                      canvas.getContext("2d").fillRect(0, 0, 600, 300);
                      const blob = await new Promise((resolve) => canvas.toBlob(resolve));
                      const clipboardData = new DataTransfer();
                      clipboardData.items.add(new File([blob], "pasted.png", { type: "image/png" }));
                      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
                    }
                    """);
            assertThat(thumbnail).isVisible();
            rows.fill("6");
            visitor.prompt().fill("a white star");
            page.getByLabel("Images").fill("1");
            visitor.button("Draw").click();
            visitor.awaitDrawn(1);

            // Then: of the model's size, and its upper rows are in the image
            assertThat(sent).hasSize(1);
            JsonNode prefix = JSON.readTree(sent.get(0)).at("/prompts/0/prefix");
            assertThat(prefix.path("rows").asInt()).isEqualTo(6);
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(
                    Base64.getDecoder().decode(prefix.path("picture").asText())));
            assertThat(picture.getWidth()).isEqualTo(64);
            assertThat(picture.getHeight()).isEqualTo(64);
            page.locator(".job .tile a").click();
            assertThat(fact(page, "Begins with")).hasText("a picture or tokens that were given");
            BufferedImage drawn = ImageIO.read(new ByteArrayInputStream(content(hash(visitor))));
            assertThat(drawn.getRGB(32, 20) & 255).isLessThan(64);

            // When, Then: it is still there for those who come back; an address cannot hold it
            page.locator("nav").getByText("Draw").click();
            assertThat(thumbnail).isVisible();
            assertThat(rows).hasValue("6");
            page.reload();
            assertThat(page.locator("#start-error")).containsText("an address cannot hold");
            visitor.awaitDrawn(1);
        }
    }

    @Test
    void shouldDrawPartsOfAPictureAgain() throws Exception {
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("").page();
            List<String> sent = new CopyOnWriteArrayList<>();
            visitor.notePosts(sent);
            Locator thumbnail = page.locator(".thumbnail");
            page.getByText("Start from a picture").click();
            page.getByLabel("A picture to start from").setInputFiles(picture("dots.png", 64, 64));
            visitor.prompt().fill("a white star");
            page.getByLabel("Images").fill("1");

            // When: a stroke over the upper half, a cell more by keyboard
            page.getByLabel("The model draws").selectOption("paint");
            visitor.button("Draw").click();
            assertThat(page.locator("#form-error")).containsText("Paint over what shall be drawn again");
            var box = thumbnail.boundingBox();
            page.mouse().move(box.x + 4, box.y + 4);
            page.mouse().down();
            page.mouse().move(box.x + box.width - 4, box.y + 4, new Mouse.MoveOptions().setSteps(32));
            page.mouse().up();
            thumbnail.press("ArrowDown");
            thumbnail.press(" ");
            assertThat(thumbnail).hasAttribute("aria-label", Pattern.compile(".* 9 of 64 cells .*; row 2, column 8"));
            visitor.button("Draw").click();
            visitor.awaitDrawn(1);

            // And: a share of it
            page.getByLabel("The model draws").selectOption("share");
            page.getByLabel("How much is drawn again").fill("30");
            visitor.button("Draw").click();
            page.waitForCondition(() -> sent.size() == 2);

            // Then
            JsonNode painted = JSON.readTree(sent.get(0)).at("/prompts/0");
            assertThat(painted.path("prefix").has("rows")).isFalse();
            BufferedImage mask = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder()
                    .decode(painted.path("redraw").path("mask").asText())));
            assertThat(mask.getWidth()).isEqualTo(8);
            for (int cell = 0; cell < 64; cell++) {
                assertThat(mask.getRGB(cell % 8, cell / 8) >>> 24).isEqualTo(cell < 8 || cell == 15 ? 0 : 255);
            }
            assertThat(JSON.readTree(sent.get(1))
                            .at("/prompts/0/redraw/strength")
                            .asDouble())
                    .isEqualTo(0.3);
        }
    }

    @Test
    void shouldKeepTheBestOfCandidatesAndTheSeed() {
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("").page();
            visitor.prompt().fill("a white star");
            page.getByLabel("Images").fill("2");
            page.getByText("More", new Page.GetByTextOptions().setExact(true)).click();

            // When, Then
            page.getByLabel("Candidates").fill("1");
            visitor.button("Draw").click();
            assertThat(page.locator("#bestOf-error")).containsText("make them at least as many");
            page.getByLabel("Candidates").fill("4");
            assertThat(page.locator("#makes")).hasText("2 images, the best of 4");
            visitor.button("Draw").click();
            visitor.awaitDrawn(2);
            page.locator(".job .tile a").first().click();
            assertThat(fact(page, "Chosen")).containsText("as number 1 of 4 candidates");

            // When: the seed of a job of random seeds is kept
            page.getByText("Vary: same settings, new seeds").click();
            assertThat(visitor.prompt()).hasValue("a white star");
            assertThat(page.getByLabel("Seed")).hasValue("");
            assertThat(page.getByLabel("Images")).hasValue("4");
            page.getByLabel("Images").fill("2");
            visitor.button("Keep it").click();
            assertThat(visitor.button("Keep it")).hasAttribute("aria-pressed", "true");
            visitor.button("Draw").click();
            visitor.awaitDrawn(2);
            assertThat(page.getByLabel("Seed")).hasValue(Pattern.compile("-?\\d+"));
            String seed = page.getByLabel("Seed").inputValue();
            page.locator(".job .tile a").first().click();

            // Then
            assertThat(fact(page, "Seed")).hasText(seed);
            page.locator("nav").getByText("Draw").click();
            assertThat(page.getByLabel("Seed")).hasValue(seed);
            visitor.button("Keep it").click();
            assertThat(page.getByLabel("Seed")).hasValue("");
        }
    }

    /** The estimate is made here: the server's own is known only some seconds after the first image. */
    @Test
    void shouldTellHowLongItTakesAndWhenItIsDone() throws Exception {
        // Given: others before it
        queue("before-the-end", 2);
        try (Visitor visitor =
                visitor(new NewContextOptions().setPermissions(List.of("clipboard-read", "clipboard-write")))) {
            Page page = visitor.open("").page();
            page.route(
                    "**/v1/jobs/page-*",
                    route -> route.fulfill(new FulfillOptions()
                            .setContentType("application/json")
                            .setBody("{\"queue\": {\"imagesAhead\": 200, \"startsAt\": \""
                                    + Instant.now().plusSeconds(200) + "\", \"endsAt\": \""
                                    + Instant.now().plusSeconds(205) + "\"}}")));
            visitor.noteShown(".estimate");

            // When
            visitor.prompt().fill(RED_CIRCLE);
            page.getByLabel("Images").fill("2");
            visitor.button("Draw").click();

            // Then
            assertThat(page).hasTitle(Pattern.compile("(Drawing|[12] of 2) – Draw – DALL·E mini"));
            visitor.awaitDrawn(2);
            assertThat(page).hasTitle("Done – Draw – DALL·E mini");
            assertThat(page.locator(".estimate")).hasText("");
            assertThat(visitor.shown(".estimate"))
                    .isNotEmpty()
                    .allMatch("Begins in about 3 min, done in about 3 min."::equals);
            visitor.button("Copy link").click();
            assertThat(page.getByText("Copied.")).isVisible();
            assertThat(page.evaluate("() => navigator.clipboard.readText()")).isEqualTo(page.url());
            page.locator("nav").getByText("About").click();
            assertThat(page).hasTitle("About – DALL·E mini");
        }
    }

    @Test
    void shouldShowWhatWasDrawnOnAPhone() {
        try (Visitor visitor = visitor(new NewContextOptions().setViewportSize(360, 640))) {
            Page page = visitor.open("").page();
            visitor.prompt().fill("a blue heart");
            page.getByLabel("Images").fill("1");

            // When
            visitor.button("Draw").click();

            // Then
            assertThat(page.locator(".result h2")).isInViewport();
            visitor.awaitDrawn(1);
            assertThat(visitor.drawn()).isInViewport();
        }
    }

    @Test
    void shouldShowThoseWhoAreNewWhatTheModelDraws() {
        try (Visitor visitor = visitor()) {
            // When
            Page page = visitor.open("").page();

            // Then
            Locator example = page.locator(".example");
            assertThat(page.getByText("What this model draws")).isVisible();
            assertThat(example.first()).isVisible();
            List<String> texts = example.allTextContents();
            assertThat(texts).hasSizeBetween(1, 3).doesNotHaveDuplicates();
            example.last().click();
            assertThat(visitor.prompt()).hasValue(texts.get(texts.size() - 1).replaceAll("[{}]", "\\\\$0"));
            assertThat(visitor.prompt()).isFocused();

            // When
            visitor.prompt().fill("a blue heart");
            page.getByLabel("Images").fill("1");
            visitor.button("Draw").click();
            visitor.awaitDrawn(1);
            visitor.open("#/about");
            visitor.open("#/?count=1");

            // Then
            assertThat(page.getByText("Drawn lately")).isVisible();
            assertThat(example).hasCount(0);
        }
        try (Visitor visitor = visitor()) {
            // When: nothing has been drawn
            visitor.page()
                    .route(
                            "**/v1/images?limit=6",
                            route -> route.fulfill(new FulfillOptions().setBody("{\"images\": [], \"next\": null}")));
            visitor.open("");
            visitor.button(RED_CIRCLE).click();

            // Then
            assertThat(visitor.prompt()).hasValue(RED_CIRCLE);
        }
    }

    @Test
    void shouldShowImagesLargeAndKeepFavourites() {
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("#/images?label=mood:calm").page();
            Locator dialog = page.locator("dialog[open]");

            // When, Then
            page.locator("main .tile a").first().click();
            assertThat(dialog.getByRole(AriaRole.HEADING)).hasText("a green square");
            assertThat(dialog).containsText("1 of 2 images");
            page.keyboard().press("ArrowLeft");
            assertThat(dialog).containsText("1 of 2 images");
            page.keyboard().press("ArrowRight");
            assertThat(dialog).containsText("2 of 2 images");
            page.keyboard().press("ArrowRight");
            assertThat(dialog).containsText("2 of 2 images");
            dialog.locator(".heart").click();
            assertThat(dialog.locator(".heart")).hasAttribute("aria-pressed", "true");
            page.keyboard().press("Escape");
            assertThat(dialog).hasCount(0);
            assertThat(page.locator("main .tile a").nth(1)).isFocused();
            assertThat(page.locator("main .tile .heart").nth(1)).hasAttribute("aria-pressed", "true");

            // When, Then: kept in this browser, and in no other
            page.reload();
            page.getByText("Favourites of this browser").click();
            assertThat(visitor.heading()).hasText("Favourites");
            assertThat(page.locator("main .tile")).hasCount(1);
            try (Visitor other = visitor()) {
                other.open("#/images?favourites=1");
                assertThat(other.page().getByText("None yet")).isVisible();
            }
            page.locator("main .tile a").click();
            dialog.getByText("How it was drawn").click();
            assertThat(visitor.heading()).hasText("a green square");
            assertThat(fact(page, "Labels")).containsText("mood:calm");
            assertThat(dialog).hasCount(0);
        }
    }

    @Test
    void shouldSaveAndCompareWhatIsSelected() throws Exception {
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("#/images?label=mood:calm").page();

            // When
            page.locator(".tile input").first().check();
            assertThat(page.locator(".selection")).containsText("1 selected");
            assertThat(visitor.button("Side by side")).isDisabled();
            page.locator(".tile input").last().check();
            visitor.button("Side by side").click();

            // Then
            assertThat(page.locator("dialog[open] .picture")).hasCount(2);
            assertThat(page.locator("dialog[open] dt")).hasText(new String[] {"Seed", "Seed"});
            assertThat(page.locator("dialog[open] dd").allTextContents()).containsExactlyInAnyOrder("3", "4");
            visitor.button("Close").click();

            // When
            Download download =
                    page.waitForDownload(() -> visitor.button("Download as ZIP").click());

            // Then
            assertThat(download.suggestedFilename()).isEqualTo("images.zip");
            Map<String, byte[]> files = new HashMap<>();
            try (var zip = new ZipInputStream(download.createReadStream())) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    files.put(entry.getName(), zip.readAllBytes());
                }
            }
            assertThat(files).hasSize(2);
            for (JsonNode image : get("/v1/jobs/known/images").path("images")) {
                assertThat(files.get(image.path("fileName").asText()))
                        .isEqualTo(content("#/images/known/" + image.path("id").asText()));
            }
            visitor.button("Select none").click();
            assertThat(page.locator(".selection")).isHidden();
        }
    }

    @Test
    void shouldSearchForSeedAndDay() {
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("#/images?label=mood:calm").page();
            Locator tiles = page.locator("main .tile");
            Locator said = page.locator("main").getByRole(AriaRole.STATUS);
            assertThat(tiles).hasCount(2);

            // When, Then
            page.getByLabel("Seed").fill("4");
            page.keyboard().press("Enter");
            assertThat(tiles).hasCount(1);
            assertThat(said).containsText("Seed and day were looked for among the 2 newest");
            page.getByLabel("Day").fill(LocalDate.now().toString());
            visitor.button("Search").click();
            assertThat(tiles).hasCount(1);
            page.getByLabel("Day").fill("2001-02-03");
            visitor.button("Search").click();
            assertThat(page.getByText("No recent image fits")).isVisible();
        }
    }

    @Test
    void shouldShowWhatAJobIsAboutAndListItsImages() throws Exception {
        try (Visitor visitor = visitor()) {
            // When
            Page page = visitor.open("#/jobs?label=mood:calm").page();

            // Then
            assertThat(page.locator(".card .about")).hasText("a green square");
            assertThat(page.locator(".card .strip img")).hasCount(2);

            // When
            page.locator(".card").click(); // anywhere
            assertThat(visitor.heading()).hasText("Job known");
            Download download =
                    page.waitForDownload(() -> visitor.button("Manifest").click());

            // Then
            assertThat(download.suggestedFilename()).isEqualTo("known.jsonl");
            try (InputStream in = download.createReadStream()) {
                List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                assertThat(lines).hasSize(2);
                assertThat(JSON.readTree(lines.get(1)).path("id").asText()).isEqualTo("known/1");
            }
        }
    }

    @Test
    void shouldDrawAFileOfPrompts() throws Exception {
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("#/jobs").page();
            List<String> sent = new CopyOnWriteArrayList<>();
            visitor.notePosts(sent);
            Locator upload = page.locator(".upload");
            page.getByText("Draw a file of prompts").click();
            Locator chooser = page.getByLabel("A file of prompts");

            // When, Then: what is wrong is said by its lines, and nothing is sent
            chooser.setInputFiles(file("some.csv", "text,count,topP\na red circle,2,\n,3,\na star,70,\na ring,1,2\n"));
            assertThat(upload).containsText("3 lines of some.csv cannot be taken. Nothing was sent.");
            assertThat(upload.locator("li")).hasText(new String[] {
                "Line 3 text is blank: say what to draw",
                "Line 4 count: allowed is 1 to 64",
                "Line 5 topP: allowed is above 0 to 1"
            });
            chooser.setInputFiles(file("some.jsonl", "{\"text\": \"a star\", \"colour\": 1}\n{\"text\": \"a star\"\n"));
            assertThat(upload.locator("li")).hasText(new String[] {
                "Line 1 the field colour is not known", "Line 2 no JSON: write an object a line, with at least a text"
            });
            assertThat(visitor.button("Draw them")).isHidden();

            // When
            chooser.setInputFiles(file("many.txt", "a red circle\n\n" + "a blue star\n".repeat(257)));
            assertThat(upload).containsText("many.txt: 258 prompts, 258 images, as 2 jobs, 1 blank line skipped.");
            assertThat(sent).isEmpty();
            visitor.button("Draw them").click();

            // Then
            assertThat(upload).containsText("2 of 2 jobs sent.");
            assertThat(sent).hasSize(2);
            assertThat(JSON.readTree(sent.get(0)).path("prompts")).hasSize(256).allSatisfy(prompt -> assertThat(
                            prompt.path("lane").asText())
                    .isEqualTo("BULK"));
            assertThat(JSON.readTree(sent.get(1)).path("prompts")).hasSize(2);
            upload.getByText("Show them").click();
            assertThat(page.locator(".card")).hasCount(2);
            assertThat(page.locator(".card .chip").first()).hasText("file:many.txt");
        }
    }

    @Test
    void shouldKnowKeysAndColours() {
        try (Visitor visitor = visitor(new NewContextOptions().setColorScheme(ColorScheme.LIGHT))) {
            Page page = visitor.open("#/jobs").page();
            Locator dialog = page.locator("dialog[open]");
            String ground = "() => getComputedStyle(document.body).backgroundColor";

            // When, Then
            page.keyboard().press("?");
            assertThat(dialog).containsText("to the prompt");
            page.keyboard().press("Escape");
            assertThat(dialog).hasCount(0);
            page.keyboard().press("/");
            assertThat(visitor.prompt()).isFocused();
            page.keyboard().type("1/2?");
            assertThat(visitor.prompt()).hasValue("1/2?");

            // When, Then: for those whose tools type such keys
            visitor.button("Keys").click();
            page.getByText("work wherever nothing is typed").click();
            visitor.button("Close").click();
            page.keyboard().press("?");
            assertThat(dialog).hasCount(0);

            // When, Then
            page.getByLabel("Colours").selectOption("dark");
            assertThat(page.evaluate(ground)).isEqualTo("rgb(21, 22, 15)");
            page.reload();
            assertThat(page.evaluate(ground)).isEqualTo("rgb(21, 22, 15)");
            assertThat(page.getByLabel("Colours")).hasValue("dark");
            page.getByLabel("Colours").selectOption("");
            assertThat(page.evaluate(ground)).isEqualTo("rgb(250, 250, 246)");
        }
    }

    @Test
    void shouldGiveCommandsThatAShellTakes() throws Exception {
        // Given
        String text = "it's a \"red\" circle;\n$(id) `id` \\ *";
        String job = submit(JSON.writeValueAsString(
                Map.of("prompts", List.of(Map.of("text", text, "seed", -5, "negativeText", "-blue")))));
        awaitState(job, "completed");
        try (Visitor visitor =
                visitor(new NewContextOptions().setPermissions(List.of("clipboard-read", "clipboard-write")))) {
            Page page = visitor.open("#/images/" + job + "/" + job + "/0").page();

            // When
            List<String> generate =
                    arguments(copied(visitor, page.locator(".command").nth(0)));
            List<String> curl =
                    arguments(copied(visitor, page.locator(".command").nth(1)));

            // Then
            assertThat(generate)
                    .startsWith("./dallemini", "generate", text)
                    .containsSubsequence("--seed=-5", "--temperature", "1", "--top-k", "50", "--negative=-blue");
            assertThat(curl).startsWith("curl", URI.create(stack.apiUrl()).toString());
            JsonNode prompt =
                    JSON.readTree(curl.get(curl.size() - 1)).path("prompts").path(0);
            assertThat(prompt.path("text").asText()).isEqualTo(text);
            assertThat(prompt.path("negativeText").asText()).isEqualTo("-blue");
            assertThat(prompt.path("seed").asLong()).isEqualTo(-5);
        }
    }

    private static String copied(Visitor visitor, Locator command) {
        command.getByRole(AriaRole.BUTTON).click();
        assertThat(command.getByText("Copied.")).isVisible();
        return (String) visitor.page().evaluate("() => navigator.clipboard.readText()");
    }

    /** What a shell makes of a command. */
    private static List<String> arguments(String command) throws IOException {
        Process shell = new ProcessBuilder("sh", "-c", "list() { printf '%s\\0' \"$@\"; }; list " + command).start();
        String all = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return List.of(all.split("\0"));
    }

    @Test
    void shouldAskForAKeyWhereOneIsNeeded() throws Exception {
        // Given: another process, which asks for keys
        String reader = ApiKey.draw(new SecureRandom());
        String submitter = ApiKey.draw(new SecureRandom());
        Path keys = folder.resolve("keys");
        KeysFile.write(
                keys,
                List.of(
                        ApiKey.of("reader", Set.of(Role.READ), reader),
                        ApiKey.of("submitter", Set.of(Role.SUBMIT), submitter)));
        Map<String, String> settings = new HashMap<>(stack.settings());
        settings.putAll(Map.of(
                "api.keys.file",
                keys.toString(),
                "state.dir",
                folder.resolve("state").toString(),
                "instance.dir",
                folder.resolve("instances").toString()));
        List<RunningStage> process = PromptIngest.startAll(new PromptIngestConfig(settings), new SimpleMeterRegistry());
        try {
            String address = process.stream()
                    .filter(ApiServer.class::isInstance)
                    .map(stage -> ((ApiServer) stage).url())
                    .findFirst()
                    .orElseThrow();
            try (Visitor visitor =
                    chromium.visitor(URI.create(address).resolve("/").toString(), new NewContextOptions())) {
                visit(visitor, reader, submitter);
                assertThat(visitor.addresses()).noneMatch(one -> one.contains("dallemini_"));
            }
        } finally {
            process.forEach(RunningStage::close);
        }
    }

    private static void visit(Visitor visitor, String reader, String submitter)
            throws IOException, InterruptedException {
        Page page = visitor.open("#/images").page();
        Locator field = page.getByLabel("Key", new Page.GetByLabelOptions().setExact(true));

        // When, Then: Escape leaves it, and the page says what is missing
        assertThat(field).isFocused();
        page.keyboard().press("Escape");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("This server asks for an API key");

        // When, Then
        visitor.button("Try again").click();
        field.fill("dallemini_wrong");
        page.keyboard().press("Enter");
        assertThat(page.locator("#key-error")).hasText("This key is not known here.");
        field.fill(reader);
        page.keyboard().press("Enter");
        // The process has just been started: the page waits until it knows the images.
        assertThat(page.locator("main .tile img").first()).hasAttribute("src", Pattern.compile("blob:.*"));

        // When, Then: a key that may not submit
        visitor.open("");
        visitor.prompt().fill("a blue star");
        page.getByLabel("Images").fill("1");
        page.keyboard().press("Enter");
        assertThat(page.locator("#form-error")).containsText("The key reader has the role read; this needs submit.");
        visitor.button("Forget it").click();
        assertThat(field).isFocused();
        field.fill(submitter);
        page.keyboard().press("Enter");
        visitor.prompt().fill("a blue star");
        page.getByLabel("Images").fill("4");
        visitor.noteShown(".tile .preview");
        queue("before-the-star", 2);
        visitor.button("Draw").click();
        visitor.awaitDrawn(4);
        assertThat(visitor.shown(".tile .preview")).isNotEmpty();
    }
}
