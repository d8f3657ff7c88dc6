package org.dallemini.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.AriaRole;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The list of jobs, the page of a job, and files of prompts. */
abstract class JobsTests extends PageTests {
    /** Begins with a picture that is none. */
    private static final String IMPOSSIBLE =
            "{\"text\": \"a green square\", \"prefix\": {\"picture\": \"bm8gcGljdHVyZQ==\", \"rows\": 2}}";

    @Test
    void shouldShowTheNewestJobHoweverManyThereAre() throws Exception {
        // Given: more than a page of them, whose ids come before and behind; nothing is drawn for them
        for (int i = 0; i < 205; i++) {
            submit("{\"id\": \"a-many-%03d\", \"prompts\": [%s]}".formatted(i, IMPOSSIBLE));
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
    void shouldShowJobsAndWhyTheyFailed() throws Exception {
        // Given
        String job = submit("{\"id\": \"half\", \"labels\": {\"mood\": \"mixed\"}, \"prompts\": [\"a red circle\", "
                + IMPOSSIBLE + "]}");
        awaitState(job, "failed");
        try (Visitor visitor = visitor()) {
            // When
            Page page = visitor.open("#/jobs?label=mood:mixed").page();
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
            assertThat(page.locator(".job > .error")).containsText("No such job is known");
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
    void shouldDeleteJobs() throws Exception {
        // Given
        for (String id : List.of("first", "second")) {
            submit("{\"id\": \"" + id
                    + "-unwanted\", \"labels\": {\"mood\": \"worse\"}, \"prompts\": [\"a white star\"]}");
            awaitState(id + "-unwanted", "completed");
        }
        try (Visitor visitor = visitor()) {
            Page page = visitor.open("#/jobs?label=mood:worse").page();
            Locator cards = page.locator(".card");
            assertThat(cards).hasCount(2);

            // When, Then: from the list
            cards.last().getByText("Delete").click();
            visitor.button("Delete the job and its images").click();
            assertThat(cards).hasCount(1);
            assertThat(cards).containsText("second-unwanted");

            // When, Then: from its page
            cards.getByRole(AriaRole.LINK).click();
            visitor.button("Delete").click();
            visitor.button("Delete the job and its images").click();
            assertThat(visitor.heading()).hasText("Jobs");
            visitor.open("#/jobs?label=mood:worse");
            assertThat(page.locator("main").getByRole(AriaRole.STATUS).first()).hasText("0 jobs");
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
            for (JsonNode job : get("/v1/jobs?label=file:many.txt").path("jobs")) {
                cancel(job.path("id").asText()); // to be drawn is not the point
            }
        }
    }
}
