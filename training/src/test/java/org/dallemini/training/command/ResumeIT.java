package org.dallemini.training.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Training that is killed goes on as if nothing had been: the same checkpoint to the bit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResumeIT {
    private static final int UPDATES = 40, CHECKPOINT_EVERY = 10;

    private TrainFixture fixture;

    @BeforeAll
    void makeTokens(@TempDir Path folder) throws IOException {
        fixture = TrainFixture.in(folder);
        TrainFixture.execute(fixture.vqgan("vqgan", 10));
        fixture.encode();
    }

    @Test
    void shouldGoOnToTheBitWithAVqganAndItsDiscriminator() throws IOException {
        killAndResume(run -> fixture.vqgan(
                run,
                UPDATES / 2,
                "--checkpoint-every",
                String.valueOf(CHECKPOINT_EVERY),
                "--adversarial",
                "0.1",
                "--adversarial-from",
                "5"));
    }

    @Test
    void shouldGoOnToTheBitWithNoise() throws IOException {
        killAndResume(run -> {
            List<String> arguments = bart(run);
            arguments.addAll(List.of("--token-noise", "0.8"));
            return arguments;
        });
    }

    @Test
    void shouldGoOnToTheBitWithShampooAndAverages() throws IOException {
        killAndResume(run -> {
            List<String> arguments = bart(run);
            arguments.addAll(List.of(
                    "--optim",
                    "distributed_shampoo",
                    "--preconditioning-compute-steps",
                    "15",
                    "--block-size",
                    "32",
                    "--average",
                    "0.9"));
            return arguments;
        });
    }

    private List<String> bart(String run) {
        return fixture.bart(run, UPDATES, "--checkpoint-every", String.valueOf(CHECKPOINT_EVERY));
    }

    private interface Arguments {
        List<String> of(String run);
    }

    private void killAndResume(Arguments arguments) throws IOException {
        // Given a training that nothing disturbs
        String whole = "whole-" + arguments.of("x").hashCode();
        TrainFixture.execute(arguments.of(whole));

        // When the same is killed after its first checkpoint, and started again
        String killed = "killed-" + arguments.of("x").hashCode();
        Process process = start(arguments.of(killed));
        try {
            Path first = fixture.run(killed).resolve("checkpoints").resolve(String.format("%07d", CHECKPOINT_EVERY));
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> Files.isDirectory(first) || !process.isAlive());
        } finally {
            process.destroyForcibly().onExit().join();
        }
        assertThat(fixture.checkpoint(killed).getFileName())
                .as("killed in time")
                .isNotEqualTo(fixture.checkpoint(whole).getFileName());
        TrainFixture.execute(arguments.of(killed));

        // Then
        List<Path> files = files(fixture.checkpoint(whole));
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            Path other =
                    fixture.checkpoint(killed).resolve(fixture.checkpoint(whole).relativize(file));
            assertThat(Files.mismatch(file, other)).as(file.toString()).isEqualTo(-1);
        }
        assertThat(updates(killed)).isEqualTo(updates(whole));
    }

    private static List<Path> files(Path checkpoint) throws IOException {
        try (var files = Files.walk(checkpoint)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /** The losses that were told, without what differs from time to time. */
    private List<String> updates(String run) throws IOException {
        return Files.readAllLines(fixture.run(run).resolve("metrics.jsonl")).stream()
                .map(line -> line.replaceAll(",\"(samples_per_second|joules)\":[^,}]*", ""))
                .toList();
    }

    private static Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Ddallemini.home=" + System.getProperty("dallemini.home", ""),
                "-XX:TieredStopAtLevel=1",
                Train.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command).inheritIO().start();
    }
}
