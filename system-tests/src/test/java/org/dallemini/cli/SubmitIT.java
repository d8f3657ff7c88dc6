package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.cluster.CommittedReader;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackSettings;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.storage.StorageSinkConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code submit} and {@code jobs} as their users have them, on a stack with the shipped model. */
class SubmitIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static EmbeddedStack stack;

    @BeforeAll
    static void start() throws Exception {
        Map<String, String> settings = Map.of(
                "model",
                InProcess.ROOT.resolve("models").resolve("shapes").toString(),
                "model.cache",
                folder.resolve("models").toString());
        stack = EmbeddedStack.start(
                StackSettings.onFreePorts(folder.resolve("stack"), StackSettings.Stages.ALL, settings), phase -> {});
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    private static InProcess run(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data-dir", folder.resolve("stack").toString()));
        return InProcess.run(folder, all.toArray(String[]::new));
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        var nodes = new ArrayList<JsonNode>();
        for (String line : Files.readAllLines(file)) {
            nodes.add(JSON.readTree(line));
        }
        return nodes;
    }

    private static String object(String key) throws Exception {
        try (var store = new MinioObjectStore(new StorageSinkConfig(stack.settings()).s3());
                InputStream content = store.get(key)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static long published() {
        var config = new StageConfig(StageConfig.definition(), stack.settings());
        try (Admin admin = Admin.create(config.admin());
                var reader = new CommittedReader(config)) {
            return reader.ends(ClusterTopics.partitions(config.topics().prompts(), admin)).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    @Test
    void shouldDrawAFileOnceAndListWhatBecameOfIt() throws Exception {
        // Given: a line that is no prompt, and a picture that is none, which only the token generator can tell
        Path file = Files.writeString(folder.resolve("mixed.jsonl"), """
                {"custom_id":"circle","method":"POST","url":"/v1/images/generations","body":{"prompt":"a red circle","n":2,"seed":7}}
                {"custom_id":"bad","text":"a star","colour":"red"}
                {"custom_id":"broken","text":"a green square","prefix":{"picture":"bm8gcGljdHVyZQ==","rows":2}}
                """);
        Path results = folder.resolve("results");

        // When
        InProcess stopped = run("submit", file.toString(), "--manifest", results.toString());

        // Then
        assertThat(stopped.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(stopped.err())
                .contains("line 2 refused: unknown-field: ", "1 line is no prompt: nothing was published");
        assertThat(lines(results.resolve("errors.jsonl")))
                .extracting(error -> error.get("line").asInt())
                .containsExactly(2);

        // When
        InProcess drawn = run(
                "submit",
                file.toString(),
                "--job",
                "mixed",
                "--on-error",
                "skip",
                "--label",
                "campaign=spring",
                "--manifest",
                results.toString(),
                "--bucket-manifest");

        // Then
        assertThat(drawn.exitCode()).as(drawn.err()).isEqualTo(ExitCode.FAILURE);
        assertThat(drawn.out().strip()).isEqualTo("mixed");
        assertThat(drawn.err()).contains("Job mixed: 2 prompts, 3 images", "failed: 2 of 3 images stored, 1 failed");
        List<JsonNode> images = lines(results.resolve("manifest.jsonl"));
        assertThat(images).extracting(image -> image.get("seed").asLong()).containsExactlyInAnyOrder(7L, 8L);
        assertThat(images).allSatisfy(image -> {
            assertThat(image.get("custom_id").asText()).isEqualTo("circle");
            assertThat(image.get("line").asInt()).isEqualTo(1);
            assertThat(image.get("imageId").asText()).startsWith("mixed.1/");
            assertThat(object(image.get("key").asText())).contains("IHDR", "IEND");
        });
        List<JsonNode> errors = lines(results.resolve("errors.jsonl"));
        assertThat(errors)
                .extracting(error ->
                        error.get("line").asInt() + " " + error.get("code").asText() + " "
                                + error.path("custom_id").asText())
                .containsExactly("2 unknown-field bad", "3 invalid-prefix broken");
        assertThat(errors)
                .allSatisfy(error -> assertThat(error.get("jobId").asText()).isEqualTo("mixed"));
        assertThat(object("manifests/mixed/manifest.jsonl"))
                .isEqualTo(Files.readString(results.resolve("manifest.jsonl")));
        assertThat(object("manifests/mixed/errors.jsonl")).isEqualTo(Files.readString(results.resolve("errors.jsonl")));

        // When
        long before = published();
        InProcess again = run(
                "submit",
                file.toString(),
                "--job",
                "mixed",
                "--on-error",
                "skip",
                "--label",
                "campaign=spring",
                "--output",
                "json");
        InProcess other = run("submit", file.toString(), "--job", "mixed", "--on-error", "skip", "-n", "2");

        // Then
        assertThat(again.err()).contains("have been taken in before; nothing is published");
        assertThat(JSON.readTree(again.out()).get("stored").asInt()).isEqualTo(2);
        assertThat(other.err()).contains("there is a job mixed that asks for something else");
        assertThat(published()).isEqualTo(before);

        shouldTellOfIt();
        shouldFindEachRecord();
        shouldKnowItsFileAgain();
        shouldRetryIt();
    }

    private static void shouldTellOfIt() throws IOException {
        InProcess listed = run("jobs", "list", "--label", "campaign=spring", "--state", "failed");
        InProcess others = run("jobs", "list", "--label", "campaign=autumn");
        InProcess shown = run("jobs", "show", "mixed");
        InProcess watched = run("jobs", "watch", "mixed", "--output", "json");
        InProcess unknown = run("jobs", "show", "nothing");
        InProcess took = run("footprint", "mixed", "--embodied-grams", "1");
        InProcess tookJson = run("footprint", "mixed", "--output", "json");

        assertThat(listed.out()).matches("mixed +failed +2/3 stored +1 failed +[0-9TZ:-]{20} +campaign=spring\\R");
        assertThat(listed.lastWords()).isEqualTo("1 job");
        assertThat(others.out()).isEmpty();
        assertThat(shown.out())
                .contains("3 asked for: 2 drawn, 2 decoded, 2 stored, 1 failed", "mixed.3/0  invalid-prefix");
        assertThat(watched.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(JSON.readTree(watched.out()).get("state").asText()).isEqualTo("failed");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(unknown.err()).contains("no job nothing is known");
        assertThat(took.exitCode()).as(took.err()).isZero();
        assertThat(took.out())
                .contains(
                        "2 stored, 2 with an estimate",
                        "an image (ISO/IEC 21031), 1 g of the job",
                        "method     estimate: ");
        JsonNode footprint = JSON.readTree(tookJson.out());
        assertThat(footprint.get("drawingJoules").asDouble()).isPositive();
        assertThat(footprint.get("decodingJoules").asDouble()).isPositive();
        assertThat(JSON.readTree(watched.out()).get("energyJoules").asDouble())
                .as("what the job says is what its images say")
                .isCloseTo(footprint.get("energyJoules").asDouble(), within(0.01));
        assertThat(run("footprint", "nothing").exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run("footprint", "mixed", "--embodied-grams", "-1").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    private static void shouldFindEachRecord() throws IOException {
        InProcess stored = run("inspect", "--image", "mixed.1/1", "--output", "json");
        InProcess failed = run("inspect", "--image", "mixed.3/0");
        InProcess both = run("inspect", "--prompt", "mixed.1");
        InProcess byId = run("inspect", "mixed.1/1", "--output", "json");
        InProcess byPrompt = run("inspect", "mixed.1");
        InProcess byJob = run("inspect", "mixed");
        InProcess unknown = run("inspect", "no-such-thing");
        InProcess tooOld = run("inspect", "--image", "mixed.1/1", "--since", "0s");

        assertThat(stored.exitCode()).as(stored.err()).isZero();
        JsonNode image = JSON.readTree(stored.out());
        assertThat(image.get("steps"))
                .extracting(step -> step.get("topic").asText())
                .containsExactly("prompts", "image-requests.bulk", "image-tokens", "images", "stored-images");
        assertThat(image.get("steps").get(2).get("workedMillis").asLong()).isPositive();
        assertThat(image.get("object").get("state").asText()).isEqualTo("there");
        assertThat(image.get("seed").asLong()).isEqualTo(8);
        assertThat(image.get("totalMillis").asLong()).isPositive();
        assertThat(failed.out())
                .contains("image mixed.3/0 of job mixed: failed", "prompts ", "image-requests.bulk ", "invalid-prefix")
                .doesNotContain("image-tokens ", "s3://");
        assertThat(both.out()).contains("image mixed.1/0 of job mixed: stored", "image mixed.1/1 of job mixed: stored");
        assertThat(byId.out()).isEqualTo(stored.out());
        assertThat(byPrompt.out()).isEqualTo(both.out());
        assertThat(byJob.exitCode()).as(byJob.err()).isZero();
        assertThat(byJob.out()).isEqualTo(run("jobs", "show", "mixed").out());
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(unknown.err()).contains("nothing is known of no-such-thing since ");
        assertThat(tooOld.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(tooOld.err()).contains("nothing is known of image mixed.1/1 since ");
        assertThat(run("inspect", "--image", "mixed.1").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("inspect").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    private static void shouldKnowItsFileAgain() throws Exception {
        JsonNode image = JSON.readTree(
                run("inspect", "--image", "mixed.1/1", "--output", "json").out());
        Path file = folder.resolve("known.png");
        try (var store = new MinioObjectStore(new StorageSinkConfig(stack.settings()).s3());
                InputStream content = store.get(image.at("/object/key").asText())) {
            Files.copy(content, file);
        }

        InProcess known = run("verify", "--stored", "--redraw", file.toString());
        byte[] other = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(other, other.length + 1)); // behind the end, where no reader looks
        InProcess unknown = run("verify", "--stored", file.toString());

        assertThat(known.exitCode()).as(known.out() + known.err()).isZero();
        assertThat(known.out())
                .contains("stored    image mixed.1/1 of job mixed, s3://images/", "the same, byte for byte");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(unknown.out()).contains("NOT FOUND: no stored image has these bytes");
    }

    private static void shouldRetryIt() {
        InProcess rehearsed = run("jobs", "retry", "mixed", "--dry-run");
        InProcess retried = run("jobs", "retry", "mixed");
        InProcess watched = run("jobs", "watch", "mixed");
        InProcess letters = run("dlq", "ls", "--job", "mixed", "--output", "json");

        assertThat(rehearsed.out()).startsWith("to-replay ");
        assertThat(retried.out())
                .matches("replayed +image-requests\\.bulk\\.dlq 0:\\d+ +mixed\\.3/0 +invalid-prefix\\R");
        assertThat(watched.out()).contains("state      failed");
        // The second end, not the first: retry does not leave before the job knows of it.
        assertThat(letters.out().lines()).hasSize(2);
        assertThat(letters.out()).contains("\"attempts\":2");
        assertThat(run("dlq", "ls", "--job", "mixe").out()).isEmpty();
    }

    @Test
    void shouldCancelAJobAndDrawItAfterAll() throws Exception {
        // Given
        Path file = Files.write(
                folder.resolve("rings.txt"),
                IntStream.range(0, 80).mapToObj(i -> "a red ring " + i).toList());
        run("submit", file.toString(), "--job", "rings", "--detach");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> run("jobs", "show", "rings").out().contains("80 asked for"));

        // When
        InProcess canceled = run("jobs", "cancel", "rings", "nothing", "rings");
        InProcess watched = run("jobs", "watch", "rings", "--output", "json");
        InProcess again = run("jobs", "cancel", "rings", "--output", "json");

        // Then
        assertThat(canceled.exitCode()).as(canceled.err()).isEqualTo(ExitCode.FAILURE);
        assertThat(canceled.out()).matches("rings .*\\R");
        assertThat(canceled.err()).contains("no job nothing is known");
        JsonNode job = JSON.readTree(watched.out());
        assertThat(job.get("state").asText()).isEqualTo("canceled");
        assertThat(job.get("canceled").asInt()).isPositive();
        assertThat(again.exitCode()).isZero();
        assertThat(JSON.readTree(again.out()).get("cancelRequestedAt").asText()).isNotEmpty();
        assertThat(run("jobs", "list", "--state", "canceled").out()).contains(job.get("canceled") + " canceled");

        // When
        InProcess retried = run("jobs", "retry", "rings");
        InProcess drawn = run("jobs", "watch", "rings");

        // Then
        assertThat(retried.exitCode()).as(retried.err()).isZero();
        assertThat(retried.out().lines()).hasSize(job.get("canceled").asInt());
        assertThat(drawn.exitCode()).as(drawn.out()).isZero();
        assertThat(drawn.out()).contains("80 asked for: 80 drawn, 80 decoded, 80 stored, 0 failed");
        InProcess late = run("jobs", "cancel", "rings");
        assertThat(late.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(late.err()).contains("job rings has ended: completed: 80 of 80 images stored");
        assertThat(run("jobs", "resume", "rings").out()).isEqualTo("rings completed: 80 of 80 images stored\n");
        assertThat(run("jobs", "cancel").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldGoOnAfterCtrlCWhileTheJobDoes() throws Exception {
        // Given: more before it than is drawn until it is interrupted
        List<String> lines =
                IntStream.range(0, 40).mapToObj(i -> "a blue square " + i).toList();
        Path file = Files.write(folder.resolve("squares.txt"), lines);
        InProcess before = run("submit", file.toString(), "--job", "before", "--seeds", "1..50", "--detach");
        assertThat(before.exitCode()).as(before.err()).isZero();
        String config = folder.resolve("stack").resolve("stack.properties").toString();

        // When
        try (CommandProcess first =
                CommandProcess.start(folder, "submit", file.toString(), "--job", "squares", "--config", config)) {
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> run("jobs", "show", "squares").exitCode() == ExitCode.OK || !first.isAlive());
            first.interrupt();
            first.await(Duration.ofSeconds(30));

            // Then
            assertThat(first.exitCode()).as(first.toString()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(first.err()).anyMatch(line -> line.endsWith("jobs watch squares"));
        }

        // When
        run("jobs", "cancel", "before");
        InProcess watched = run("jobs", "watch", "squares");
        InProcess again = run("submit", file.toString(), "--job", "squares");

        // Then
        assertThat(watched.exitCode()).as(watched.err()).isZero();
        assertThat(watched.out()).contains("state      completed", "40 asked for: 40 drawn, 40 decoded, 40 stored");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.err()).contains("nothing is published");
    }

    @Test
    void shouldPublishAndEndWhenDetached() throws Exception {
        Path file = Files.writeString(folder.resolve("texts.txt"), "a {red|blue} __shape__\n");
        Path lists = Files.createDirectories(folder.resolve("lists"));
        Files.writeString(lists.resolve("shape.txt"), "# two\ncircle\nstar\n");

        InProcess detached = run(
                "submit",
                file.toString(),
                "--expand",
                "--wildcards",
                lists.toString(),
                "--seeds",
                "1..2",
                "--deadline",
                "1h",
                "--detach",
                "--output",
                "json");

        assertThat(detached.exitCode()).as(detached.err()).isZero();
        JsonNode job = JSON.readTree(detached.out());
        assertThat(job.get("prompts").asInt()).isEqualTo(8);
        assertThat(detached.err())
                .containsPattern("Nothing begins after [0-9T:-]+Z; with --deadline [0-9T:-]+Z the same");
        InProcess watched = run("jobs", "watch", job.get("id").asText(), "--output", "json");
        if (watched.exitCode() == ExitCode.FAILURE) { // asked before it was known
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> run("jobs", "show", job.get("id").asText()).exitCode() == ExitCode.OK);
            watched = run("jobs", "watch", job.get("id").asText(), "--output", "json");
        }
        assertThat(JSON.readTree(watched.out()).get("stored").asInt()).isEqualTo(8);
    }

    @Test
    void shouldKeepTheBestOfSeveral() throws Exception {
        // Given: a line that says so itself
        Path file = Files.writeString(folder.resolve("best.jsonl"), """
                {"text":"a red circle","n":2,"best_of":5,"seed":7}
                {"text":"a blue star","seed":9}
                """);
        Path results = folder.resolve("best");

        // When
        InProcess drawn =
                run("submit", file.toString(), "--job", "best", "--best-of", "2", "--manifest", results.toString());

        // Then
        assertThat(drawn.exitCode()).as(drawn.err()).isZero();
        List<JsonNode> images = lines(results.resolve("manifest.jsonl"));
        assertThat(images)
                .hasSize(3)
                .allSatisfy(image -> assertThat(image.get("score").isDouble()).isTrue());
        List<JsonNode> two = images.stream()
                .filter(image -> image.get("line").asInt() == 1)
                .sorted(Comparator.comparing(image -> image.get("index").asInt()))
                .toList();
        assertThat(two)
                .extracting(image -> image.get("seed").asInt())
                .doesNotHaveDuplicates()
                .allSatisfy(seed -> assertThat(seed).isBetween(7, 11));
        assertThat(two.get(0).get("score").asDouble())
                .isGreaterThan(two.get(1).get("score").asDouble());
        InProcess inspected = run("inspect", "--image", "best.2/0");
        assertThat(inspected.out())
                .containsPattern("seed (9|10), number 1 of 2 candidates by a score of -?[0-9]+\\.[0-9]\\)");

        // And: the seed of the one that was kept gives that image again
        JsonNode kept = images.get(0);
        Path again = Files.writeString(
                folder.resolve("again.jsonl"),
                "{\"text\":" + kept.get("text") + ",\"seed\":" + kept.get("seed") + "}\n");
        run("submit", again.toString(), "--job", "again", "--manifest", results.toString());
        assertThat(lines(results.resolve("manifest.jsonl")))
                .extracting(image -> image.get("sha256").asText())
                .containsExactly(kept.get("sha256").asText());
    }

    @Test
    void shouldSayWhatIsWrongBeforeAnythingIsPublished() throws Exception {
        // Given
        long before = published();
        Path file = Files.writeString(folder.resolve("one.txt"), "a ring\n");
        Path blank = Files.writeString(folder.resolve("blank.txt"), "\n\n");
        String missing = folder.resolve("missing.csv").toString();

        // Then
        assertThat(run("submit", blank.toString())).satisfies(run -> {
            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(run.err()).contains("2 blank lines skipped", "there is no prompt in " + blank);
        });
        assertThat(run("submit", missing)).satisfies(run -> {
            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(run.err()).contains(missing + " cannot be read as a list of prompts: there is no such file");
        });
        assertThat(run("submit", file.toString(), "--job", "a b").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("submit", file.toString(), "--seeds", "8..1").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("submit", file.toString(), "--detach", "--manifest", "x").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("submit", file.toString(), "--wildcards", ".").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("submit", file.toString(), "--deadline", "2020-01-01T00:00:00Z"))
                .satisfies(run -> {
                    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
                    assertThat(run.err()).contains("has passed");
                });
        assertThat(run("submit", file.toString(), "-n", "3", "--best-of", "2")).satisfies(run -> {
            assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains("--best-of is 2 and --count 3");
        });
        assertThat(run("submit", file.toString(), "--dry-run").out()).contains("1 prompt, 1 image", "\"a ring\"");
        assertThat(published()).isEqualTo(before);
    }
}
