package org.dallemini.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.dallemini.ingest.PromptIngest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.api.ApiKey;
import org.dallemini.ingest.api.KeysFile;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Role;
import org.dallemini.stage.RunningStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What holds for every view. */
abstract class EveryViewTests extends PageTests {
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
                    "#/images?favourite=true",
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
            visitor.button("Delete").click();
            assertThat(page.locator("dialog[open] .danger")).isVisible();
            assertThatItIsAccessibleAndFits(page, "a question");
            page.keyboard().press("Escape");
            visitor.tiles().first().click();
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
        queue("before-the-star");
        visitor.button("Draw").click();
        assertThat(page.locator(".job .tile")).hasCount(4);
        cancel("before-the-star");
        visitor.awaitDrawn(4);
        assertThat(visitor.shown(".tile .preview")).isNotEmpty();
    }
}
