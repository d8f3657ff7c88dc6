package org.dallemini.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each example as its reader would run it, against the whole pipeline with the shipped model. */
class PublishersIT {
    private static final String TOO_LONG = "x".repeat(3000);
    private static final Path EXAMPLES = Path.of(System.getProperty("dallemini.root"), "examples");

    @TempDir
    static Path folder;

    private static EmbeddedStack stack;

    @BeforeAll
    static void start() throws Exception {
        Map<String, String> settings = Map.of(
                "model",
                Path.of(System.getProperty("dallemini.root"), "models", "shapes")
                        .toString(),
                "model.cache",
                folder.resolve("models").toString());
        stack = EmbeddedStack.start(StackSettings.onFreePorts(folder.resolve("stack"), settings), phase -> {});
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    private record Ended(int code, String out, String err) {}

    private static Ended run(Path directory, List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("BOOTSTRAP_SERVERS", stack.settings().get("bootstrap.servers"));
        builder.environment().put("SCHEMA_REGISTRY_URL", stack.settings().get("schema.registry.url"));
        Process process = builder.start();
        if (!process.waitFor(6, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(command + " does not end: " + Files.readString(err, UTF_8));
        }
        return new Ended(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }

    /** Skips the test, with the reason, if a tool or the network is missing. */
    private static void require(String what, Path directory, String... command) throws InterruptedException {
        String trouble;
        try {
            Ended ended = run(directory, List.of(command));
            trouble = ended.code() == 0 ? "" : ended.err();
        } catch (IOException e) {
            trouble = String.valueOf(e.getMessage());
        }
        assumeTrue(trouble.isEmpty(), what + " cannot be had here: " + trouble);
    }

    private static void shouldDrawOneAndSayWhyAnotherIsRefused(Path directory, String... command) throws Exception {
        Ended drawn = run(directory, List.of(command));
        assertThat(drawn.code()).as(drawn.err()).isZero();
        assertThat(drawn.out().strip()).matches("images/[0-9a-f-]{36}/0\\.png");
        assertThat(drawn.err()).contains("published ");

        List<String> bad = new ArrayList<>(List.of(command));
        bad.add(TOO_LONG);
        Ended refused = run(directory, bad);
        assertThat(refused.code()).as(refused.err()).isEqualTo(1);
        assertThat(refused.err()).contains("text-too-long: ");
    }

    @Test
    void shouldPublishFromJava() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        shouldDrawOneAndSayWhyAnotherIsRefused(
                folder, java, "-cp", System.getProperty("java.class.path"), PublishPrompt.class.getName());
    }

    @Test
    void shouldPublishFromPython() throws Exception {
        Path source = EXAMPLES.resolve("python");
        Path python = folder.resolve("venv").resolve("bin").resolve("python");
        require("Python 3 with venv", folder, "python3", "-m", "venv", "venv");
        require(
                "confluent-kafka",
                folder,
                python.toString(),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
                source.resolve("requirements.txt").toString());
        shouldDrawOneAndSayWhyAnotherIsRefused(
                folder, python.toString(), source.resolve("publish_prompt.py").toString());
    }

    @Test
    void shouldPublishFromJavaScript() throws Exception {
        Path work = Files.createDirectory(folder.resolve("javascript"));
        for (String name : List.of("package.json", "publish-prompt.js")) {
            Files.copy(EXAMPLES.resolve("javascript").resolve(name), work.resolve(name));
        }
        require("KafkaJS", work, "npm", "install", "--no-fund", "--no-audit");
        shouldDrawOneAndSayWhyAnotherIsRefused(work, "node", "publish-prompt.js");
    }
}
