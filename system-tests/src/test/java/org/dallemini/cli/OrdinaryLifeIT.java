package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** Start, work, cancel, stop, start again, on one data directory: nothing of it is worth a warning. */
class OrdinaryLifeIT {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PER_PROMPT = 32;
    private static final int MANY = 5 * PER_PROMPT;

    private static final Pattern ALARM =
            Pattern.compile("\\b(WARN|ERROR)\\b|^\\s+at \\S+\\(|^(Caused by: )?[\\w.$]+(Exception|Error)\\b");

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<CommandProcess> lives = new ArrayList<>();

    /** Kafka Streams warns of state that lies in the system's folder for temporary files. */
    @TempDir(factory = InTarget.class)
    private Path folder;

    static final class InTarget implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "life-");
        }
    }

    private String jobs = "";

    @Test
    void shouldPrintNoWarning() throws Exception {
        try {
            // When
            generate("a red circle");
            generate("a blue star");

            CommandProcess first = up();
            post("", job("lone", 1));
            awaitJob("lone", job -> isState(job, "completed"));
            post("", job("many", MANY));
            awaitJob(
                    "many",
                    job -> job.path("requested").asInt() == MANY
                            && job.path("tokensDrawn").asInt() > 0);
            post("/many/cancel", "");
            JsonNode canceled = awaitJob("many", job -> isState(job, "canceled"));
            assertThat(canceled.path("canceled").asInt()).isGreaterThan(PER_PROMPT);
            post("/many/retry", "");
            int before = canceled.path("tokensDrawn").asInt();
            awaitJob("many", job -> job.path("tokensDrawn").asInt() > before);
            first.terminate(); // in the middle of it
            assertThat(first.await(PATIENCE).exitCode())
                    .describedAs(first.toString())
                    .isZero();

            CommandProcess second = up();
            awaitJob("many", job -> isState(job, "completed"));
            post("", job("last", 2));
            awaitJob("last", job -> isState(job, "completed"));
            second.interrupt();
            assertThat(second.await(PATIENCE).exitCode())
                    .describedAs(second.toString())
                    .isEqualTo(ExitCode.INTERRUPTED);

            generate("a green square");

            // Then
            List<String> said =
                    lives.stream().flatMap(life -> life.err().stream()).toList();
            keep(said);
            assertThat(said).noneMatch(OrdinaryLifeIT::isAlarm);
            assertThat(said.stream().filter(line -> line.contains("anceled")).toList())
                    .describedAs("a canceled job is told of once, not by each of its images")
                    .hasSizeLessThan(10);
        } finally {
            lives.forEach(CommandProcess::close);
        }
    }

    private static boolean isAlarm(String line) {
        return ALARM.matcher(line).find();
    }

    private static void keep(List<String> said) throws IOException {
        Files.write(Path.of("target", "ordinary-life.log"), said);
    }

    /** With all that the program says while it draws. */
    private void generate(String prompt) throws Exception {
        CommandProcess run = start("generate", prompt, "--verbose");
        assertThat(run.await(PATIENCE).exitCode()).describedAs(run.toString()).isZero();
    }

    private CommandProcess up() throws IOException {
        CommandProcess up = start(
                "up", "--kafka-port=0", "--registry-port=0", "--s3-port=0", "--management-port=0", "--api-port=0");
        String address = "  HTTP API ";
        await().atMost(PATIENCE)
                .until(() -> !up.isAlive() || up.err().stream().anyMatch(line -> line.startsWith("Draw something")));
        assertThat(up.isAlive()).describedAs(up.toString()).isTrue();
        jobs = up.err().stream()
                .filter(line -> line.startsWith(address))
                .map(line -> line.substring(address.length()).strip())
                .collect(Collectors.joining());
        return up;
    }

    private CommandProcess start(String... arguments) throws IOException {
        CommandProcess process = CommandProcess.start(
                folder,
                Stream.concat(
                                Stream.of(arguments),
                                Stream.of("--command-property=model.cache=" + folder.resolve("models")))
                        .toArray(String[]::new));
        lives.add(process);
        return process;
    }

    private static String job(String id, int images) {
        String prompts = Stream.iterate(images, left -> left > 0, left -> left - PER_PROMPT)
                .map(left -> "{\"text\":\"a red circle\",\"count\":" + Math.min(left, PER_PROMPT) + "}")
                .collect(Collectors.joining(","));
        return "{\"id\":\"" + id + "\",\"prompts\":[" + prompts + "]}";
    }

    private static boolean isState(JsonNode job, String state) {
        return job.path("state").asText().equals(state);
    }

    private void post(String path, String body) throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(jobs + path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).describedAs(response.body()).isEqualTo(202);
    }

    private JsonNode awaitJob(String id, Predicate<JsonNode> condition) {
        var request = HttpRequest.newBuilder(URI.create(jobs + "/" + id)).build();
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> JSON.readTree(
                                client.send(request, BodyHandlers.ofString()).body()),
                        condition);
    }
}
