package org.dallemini.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Drawing: the form, and what comes of it. */
abstract class DrawingTests extends PageTests {
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

    @Test
    void shouldShowTheJobAgainWhenThePageIsLoadedAnew() throws Exception {
        // Given: others before it, so that it is still waiting when the page is loaded anew
        queue("before-the-reload");
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
            cancel("before-the-reload");
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
    void shouldShowImagesRowByRowWhileTheyAreDrawn() throws Exception {
        // Given: others before it, so that the page follows the job when its turn comes
        queue("before-it");
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("").page();
            visitor.noteShown(".tile .preview");
            visitor.noteShown(".tile .caption");

            // When
            visitor.prompt().fill(RED_CIRCLE);
            page.getByLabel("Images").fill("16");
            visitor.button("Draw").click();
            assertThat(page.locator(".job .tile")).hasCount(16);
            cancel("before-it");
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
            thumbnail.scrollIntoViewIfNeeded();
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
        queue("before-the-end");
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
            assertThat(page.locator(".estimate")).containsText("Begins");
            cancel("before-the-end");
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
}
