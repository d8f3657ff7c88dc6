package org.dallemini.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** The gallery, and the page of an image. */
abstract class GalleryTests extends PageTests {
    @Test
    void shouldShowImagesLargeAndKeepFavourites() {
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("#/images?label=mood:calm").page();
            Locator dialog = page.locator("dialog[open]");

            // When, Then
            visitor.tiles().first().click();
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
            assertThat(visitor.tiles().nth(1)).isFocused();
            assertThat(page.locator("main .tile .heart").nth(1)).hasAttribute("aria-pressed", "true");

            // When, Then: kept by the server, for every browser
            page.reload();
            assertThat(page.locator("main .tile .heart").nth(1)).hasAttribute("aria-pressed", "true");
            try (Visitor other = visitor()) {
                other.open("#/images").page().getByText("Favourites").click();
                assertThat(other.heading()).hasText("Favourites");
                assertThat(other.tiles()).hasCount(1);
            }
            page.getByText("Favourites").click();
            assertThat(visitor.tiles()).hasCount(1);
            visitor.tiles().click();
            dialog.getByText("How it was drawn").click();
            assertThat(visitor.heading()).hasText("a green square");
            assertThat(fact(page, "Labels")).containsText("mood:calm");
            assertThat(dialog).hasCount(0);

            // When, Then: taken back
            page.locator(".heart").click();
            assertThat(page.locator(".heart")).hasAttribute("aria-pressed", "false");
            visitor.open("#/images?favourite=true");
            assertThat(page.getByText("None yet")).isVisible();
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
    void shouldDeleteImages() throws Exception {
        // Given
        submit("{\"id\": \"unwanted\", \"labels\": {\"mood\": \"bad\"}, \"prompts\":"
                + " [{\"text\": \"a green square\", \"count\": 5, \"seed\": 30}]}");
        awaitState("unwanted", "completed");
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("#/images?label=mood:bad").page();
            Locator dialog = page.locator("dialog[open]");
            assertThat(visitor.tiles()).hasCount(5);

            // When: somebody thinks again
            page.locator(".tile").first().hover();
            page.locator(".tile .delete").first().click();
            assertThat(dialog).containsText("nothing brings it back");
            visitor.button("Close").click();
            assertThat(visitor.tiles()).hasCount(5);

            // When, Then: one, from its tile
            page.locator(".tile .delete").first().click();
            visitor.button("Delete the image").click();
            assertThat(dialog).hasCount(0);
            assertThat(visitor.tiles()).hasCount(4);

            // When, Then: one that is shown large
            visitor.tiles().first().click();
            assertThat(dialog).containsText("1 of 4 images");
            visitor.button("Delete").click();
            visitor.button("Delete the image").click();
            assertThat(dialog).hasCount(1);
            assertThat(dialog).containsText("1 of 3 images");
            page.keyboard().press("Escape");

            // When, Then: several
            page.locator(".tile input").nth(0).check();
            page.locator(".tile input").nth(1).check();
            visitor.button("Delete").click();
            visitor.button("Delete 2 images").click();
            assertThat(dialog).hasCount(0);
            assertThat(visitor.tiles()).hasCount(1);
            assertThat(page.locator(".selection")).isHidden();

            // When, Then: the last, from its page
            visitor.tiles().click();
            dialog.getByText("How it was drawn").click();
            visitor.button("Delete").click();
            visitor.button("Delete the image").click();
            assertThat(visitor.heading()).hasText("Gallery");
            visitor.open("#/images?label=mood:bad");
            assertThat(page.getByText("No recent image fits")).isVisible();
            assertThat(get("/v1/jobs/unwanted/images").path("images")).isEmpty();
        }
    }

    @Test
    void shouldEditAnImageFromItsTile() throws Exception {
        // Given: one with a label of its own, which what is made of it has too
        submit("{\"id\": \"edited\", \"labels\": {\"mood\": \"odd\"}, \"prompts\":"
                + " [{\"text\": \"a green square\", \"seed\": 40}]}");
        awaitState("edited", "completed");
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("#/images?label=mood:odd").page();
            List<String> sent = new CopyOnWriteArrayList<>();
            visitor.notePosts(sent);
            String shown = visitor.tiles().first().getAttribute("href");

            // When: the first cell is painted over
            page.locator(".tile").first().hover();
            page.locator(".tile .edit").first().click();
            assertThat(visitor.prompt()).hasValue("a green square");
            Locator thumbnail = page.locator(".thumbnail");
            assertThat(thumbnail).hasAttribute("aria-label", Pattern.compile(".* 0 of 64 cells .*"));
            thumbnail.press(" ");
            page.getByLabel("Images").fill("1");
            visitor.button("Draw").click();
            visitor.awaitDrawn(1);

            // Then: the image itself goes with the prompt
            JsonNode prompt = JSON.readTree(sent.get(0)).at("/prompts/0");
            assertThat(prompt.path("redraw").has("mask")).isTrue();
            assertThat(pixels(Base64.getDecoder()
                            .decode(prompt.at("/prefix/picture").asText())))
                    .isEqualTo(pixels(content(shown)));

            // And: it is there again for those who come back
            page.reload();
            assertThat(thumbnail).isVisible();
            visitor.awaitDrawn(1);
        }
    }

    private static List<Integer> pixels(byte[] file) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
        return IntStream.range(0, image.getWidth() * image.getHeight())
                .mapToObj(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()))
                .toList();
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
}
