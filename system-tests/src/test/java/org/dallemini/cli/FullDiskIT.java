package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.dallemini.dalle.testing.SmallDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded stack on a disk that fills up. */
class FullDiskIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int DISK = 128 << 20;

    @TempDir
    Path folder;

    @Test
    void shouldEndWithOneLineWhereTheBrokersDiskIsFullAndGoOnOnceThereIsRoom() throws Exception {
        SmallDisk.on(folder, DISK, disk -> {
            // Given
            Path data = disk.resolve("data");
            Path ballast = disk.resolve("ballast");
            Path file = data.resolve("stack.properties");
            Path pictures = folder.resolve("pictures");
            String model = "model.cache=" + folder.resolve("models");
            try (CommandProcess up = CommandProcess.start(
                    folder,
                    "up",
                    "--data-dir=" + data,
                    "--kafka-port=0",
                    "--registry-port=0",
                    "--s3-port=0",
                    "--management-port=0",
                    "--api-port=-1",
                    "--command-property=" + model)) {
                await().atMost(PATIENCE).until(() -> Files.exists(file));
                CommandProcess first = CommandProcess.run(
                        folder, "generate", "a red circle", "-n1", "--config=" + file, "--out=" + pictures);
                assertThat(first.exitCode()).describedAs(first.toString()).isZero();

                // When
                SmallDisk.fill(ballast);
                try (CommandProcess other = CommandProcess.start(
                        folder, "generate", "a green star", "-n64", "--config=" + file, "--out=" + pictures)) {
                    // Then
                    up.await(PATIENCE);
                    assertThat(up.exitCode()).describedAs(up.toString()).isEqualTo(ExitCode.FAILURE);
                    assertThat(lastLine(up)).contains("the disk is full", data.toString(), "make room and start again");
                }
            }

            // And: it says so at the start too
            CommandProcess full = generate(data, pictures, model, "a blue square");
            assertThat(full.exitCode()).describedAs(full.toString()).isEqualTo(ExitCode.FAILURE);
            assertThat(lastLine(full)).contains("cannot start on " + data, "make room");

            // When
            Files.delete(ballast);
            CommandProcess roomy = generate(data, pictures, model, "a blue square");

            // Then
            assertThat(roomy.exitCode()).describedAs(roomy.toString()).isZero();
            try (Stream<Path> found = Files.list(pictures)) {
                assertThat(found).anyMatch(path -> path.endsWith("a-blue-square-0.png"));
            }
        });
    }

    private CommandProcess generate(Path data, Path pictures, String model, String prompt) throws Exception {
        return CommandProcess.run(
                folder,
                "generate",
                prompt,
                "-n1",
                "--data-dir=" + data,
                "--out=" + pictures,
                "--command-property=" + model);
    }

    private static String lastLine(CommandProcess command) {
        List<String> lines = command.err();
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }
}
