package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job as its user does it: the command as a process, everything embedded. */
class GenerateIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration STARTING = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    @Test
    void shouldLeaveFourPicturesOfThePrompt() throws Exception {
        // When
        CommandProcess run = CommandProcess.run(
                folder, "generate", "a red circle on a blue background", "-n", "4", "--seed", "7", "--output", "json");

        // Then
        assertThat(run.exitCode()).describedAs(run.toString()).isZero();
        assertThat(run.err())
                .describedAs("no progress where there is no terminal")
                .hasSize(1);
        assertThat(run.err().get(0)).startsWith("4 images drawn in ");
        List<JsonNode> images = json(run.out());
        assertThat(images).extracting(image -> image.get("index").asInt()).containsExactlyInAnyOrder(0, 1, 2, 3);
        for (JsonNode image : images) {
            assertThat(image.get("seed").asLong())
                    .isEqualTo(7 + image.get("index").asInt());
            assertThat(image.get("text").asText()).isEqualTo("a red circle on a blue background");
            assertThat(image.get("bucket").asText()).isEqualTo("images");
            assertThat(image.get("key").asText())
                    .endsWith("/" + image.get("index").asInt() + ".png");
            assertThat(image.get("modelRevision").asText()).matches("[0-9a-f]{64}");
            assertThat(image.get("sha256").asText()).matches("[0-9a-f]{64}");
            Path file = folder.resolve(image.get("file").asText());
            assertThat(file)
                    .hasFileName("a-red-circle-on-a-blue-background-"
                            + image.get("index").asInt() + ".png");
            assertThat(isMostlyBlueWithSomeRed(file))
                    .describedAs(file.toString())
                    .isTrue();
        }
    }

    /** The corners of the picture are background, its middle is the circle. */
    private static boolean isMostlyBlueWithSomeRed(Path file) throws IOException {
        BufferedImage picture = ImageIO.read(file.toFile());
        int red = 0;
        int blue = 0;
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                int rgb = picture.getRGB(x, y);
                int r = rgb >> 16 & 255;
                int b = rgb & 255;
                red += r > b + 60 ? 1 : 0;
                blue += b > r + 60 ? 1 : 0;
            }
        }
        return blue > red && red > 20;
    }

    @Test
    void shouldAnswerForEveryLineOfAFileAndDrawNothingTwice() throws Exception {
        // Given
        List<String> lines = promptFile();
        Path file = Files.write(folder.resolve("prompts.txt"), lines);
        Set<Integer> blank = Set.of(10, 11, 55);
        int tooLong = 20;
        int control = 30;

        // When
        CommandProcess first = CommandProcess.run(folder, "generate", "--file", file.toString(), "--output", "json");

        // Then
        int accepted = lines.size() - blank.size() - 2;
        assertThat(first.exitCode()).describedAs(first.toString()).isEqualTo(ExitCode.FAILURE);
        assertThat(json(first.out())).hasSize(accepted);
        assertThat(first.err()).anyMatch(line -> line.startsWith("line " + tooLong + " refused: text-too-long: "));
        assertThat(first.err()).anyMatch(line -> line.startsWith("line " + control + " refused: invalid-text: "));
        assertThat(first.err())
                .filteredOn(line -> line.contains("skipped: blank line"))
                .hasSize(blank.size());
        assertThat(first.err().get(first.err().size() - 1))
                .startsWith(accepted + " images drawn, 2 prompts refused, 3 blank lines skipped in ");
        Set<String> objects = objects();
        assertThat(objects).hasSize(accepted);

        // When
        CommandProcess second = CommandProcess.run(folder, "generate", "--file", file.toString(), "--output", "json");

        // Then
        assertThat(second.exitCode()).describedAs(second.toString()).isEqualTo(ExitCode.FAILURE);
        assertThat(objects()).isEqualTo(objects);
        assertThat(second.err()).noneMatch(line -> line.contains(" ERROR "));
        assertThat(second.err().get(second.err().size() - 1))
                .startsWith("0 images drawn, " + accepted + " found from an earlier run, 2 prompts refused");
        assertThat(withoutOrder(second)).isEqualTo(withoutOrder(first));
    }

    /** The CLIP is a small one with random weights: what it prefers says nothing, but it prefers something. */
    @Test
    void shouldKeepWhatAClipPrefers() throws Exception {
        // Given
        String text = "a red circle on a blue background";
        String clip = InProcess.ROOT
                .resolve("clip/src/test/resources/org/dallemini/clip/quick-gelu")
                .toString();
        List<String> ranked = List.of(text, "--seed", "7", "--rank", "clip", "--clip", clip, "--output", "json");

        // When: of four all, and of the same four two
        List<String> arguments = new ArrayList<>(ranked);
        arguments.addAll(List.of("-n", "4", "--best-of", "4"));
        InProcess all = generate("all", arguments);
        arguments = new ArrayList<>(ranked);
        arguments.addAll(List.of("-n", "2", "--best-of", "4"));
        InProcess best = generate("best", arguments);

        // Then
        assertThat(all.exitCode()).describedAs(all.toString()).isEqualTo(ExitCode.OK);
        assertThat(best.exitCode()).describedAs(best.toString()).isEqualTo(ExitCode.OK);
        List<JsonNode> order = json(all.lines());
        assertThat(order)
                .extracting(image -> image.get("clipScore").asDouble())
                .hasSize(4)
                .isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(json(best.lines()))
                .extracting(image -> image.get("sha256").asText())
                .containsExactly(
                        order.get(0).get("sha256").asText(),
                        order.get(1).get("sha256").asText());
        try (var files = Files.list(folder.resolve("best"))) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void shouldWriteTheSizeAndFormatThatIsAskedFor() throws Exception {
        // Given
        List<String> command = List.of("a red circle", "--seed", "7", "--output", "json");
        List<String> large = new ArrayList<>(command);
        large.addAll(List.of("--size", "300x200", "--fit", "crop", "--image-format", "jpeg"));
        List<String> tooLarge = new ArrayList<>(command);
        tooLarge.addAll(List.of("--size", "2000x2000"));

        // When
        InProcess drawn = generate("pictures", large);
        InProcess refused = generate("pictures", tooLarge);

        // Then
        assertThat(drawn.exitCode()).describedAs(drawn.toString()).isEqualTo(ExitCode.OK);
        JsonNode image = json(drawn.lines()).get(0);
        Path file = Path.of(image.get("file").asText());
        assertThat(file).hasFileName("a-red-circle-0.jpg");
        BufferedImage picture = ImageIO.read(folder.resolve(file).toFile());
        assertThat(picture.getWidth() + "x" + picture.getHeight()).isEqualTo("300x200");
        assertThat(image.get("rendition").get("made").asText())
                .isEqualTo("64x64 scaled to 300x300 (edge-1), cropped to 300x200");
        assertThat(refused.exitCode()).describedAs(refused.toString()).isEqualTo(ExitCode.FAILURE);
        assertThat(refused.err()).contains("at most 16 times as large");
    }

    @Test
    void shouldShowThePictureInTheTerminal() throws Exception {
        // When
        InProcess run = generate("pictures", List.of("a red circle on a blue background", "--show=blocks"));
        List<String> lines = run.lines();

        // Then: below its path, in rows of half blocks
        assertThat(run.exitCode()).describedAs(run.toString()).isZero();
        assertThat(lines).hasSize(1 + 32);
        assertThat(lines.get(0)).endsWith("a-red-circle-on-a-blue-background-0.png");
        assertThat(lines.subList(1, 33))
                .allMatch(line -> line.matches("\u001b\\[38;[25];.*\u001b\\[0m"))
                .allMatch(line -> line.chars().filter(c -> c == '▀').count() == 64);
    }

    @Test
    void shouldCompleteAPictureOfItsOwn() throws Exception {
        // Given
        String text = "a red circle on a blue background";
        InProcess whole = generate("pictures", List.of(text, "--seed", "7", "--output", "json"));
        assertThat(whole.exitCode()).describedAs(whole.toString()).isZero();
        String picture = json(whole.lines()).get(0).get("file").asText();

        // When: 8 rows are all, which leaves nothing to draw
        InProcess completed = generate(
                "pictures",
                List.of(text, "-n", "2", "--seed", "8", "--prefix", picture, "--prefix-rows", "4", "--output", "json"));
        InProcess refused = generate("pictures", List.of(text, "--prefix", picture, "--prefix-rows", "8"));

        // Then
        assertThat(completed.exitCode()).describedAs(completed.toString()).isZero();
        assertThat(json(completed.lines())).hasSize(2);
        BufferedImage before = ImageIO.read(folder.resolve(picture).toFile());
        for (JsonNode image : json(completed.lines())) {
            Path file = folder.resolve(image.get("file").asText());
            assertThat(isMostlyBlueWithSomeRed(file))
                    .describedAs(file.toString())
                    .isTrue();
            assertThat(meanDifferenceAbove(24, before, ImageIO.read(file.toFile())))
                    .describedAs(file.toString())
                    .isLessThan(16);
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).contains("\"prefixTokens\":32");
        }
        assertThat(refused.exitCode()).describedAs(refused.toString()).isEqualTo(ExitCode.FAILURE);
        assertThat(refused.err().lines()).anyMatch(line -> line.startsWith("image 0 failed: invalid-prefix: "));
    }

    /** Levels, on average, of the rows above y: a picture that is encoded and decoded again is not quite the same. */
    private static double meanDifferenceAbove(int y, BufferedImage one, BufferedImage other) {
        long sum = 0;
        for (int row = 0; row < y; row++) {
            for (int x = 0; x < one.getWidth(); x++) {
                for (int shift = 16; shift >= 0; shift -= 8) {
                    sum += Math.abs((one.getRGB(x, row) >> shift & 255) - (other.getRGB(x, row) >> shift & 255));
                }
            }
        }
        return sum / (3.0 * y * one.getWidth());
    }

    @Test
    void shouldRefuseAPrefixBeforeAnythingIsStarted() throws Exception {
        Path text = Files.writeString(folder.resolve("text.png"), "text");
        InProcess noRows = InProcess.run(folder, "generate", "x", "--prefix", text.toString());
        InProcess noPicture = InProcess.run(folder, "generate", "x", "--prefix", text.toString(), "--prefix-rows", "4");

        assertThat(noRows.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(noRows.err()).contains("--prefix-rows");
        assertThat(noPicture.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(noPicture.err()).contains(text + ": the picture is neither PNG nor JPEG");
        assertThat(folder.resolve("stack")).doesNotExist();
    }

    private static List<String> promptFile() {
        var lines = new ArrayList<String>();
        String[] colours = {"red", "green", "blue", "yellow", "white", "black", "pink", "purple"};
        String[] shapes = {"circle", "square", "star", "heart", "ring"};
        for (int i = 1; i <= 60; i++) {
            lines.add(
                    switch (i) {
                        case 10, 55 -> "";
                        case 11 -> "   \t";
                        case 20 -> "x".repeat(10_000);
                        case 30 -> "\u0001\u0002\u0007\u001b[31m";
                        case 31 -> "a red circle \uD83D\uDE00 on white";
                        case 32 -> "<b>two &amp; yellow</b> stars";
                        case 33 -> "../../etc/passwd";
                        case 40, 41 -> "a green heart"; // the same prompt twice is two images
                        default ->
                            "a " + colours[i % colours.length] + " " + shapes[i % shapes.length] + " number " + i;
                    });
        }
        return lines;
    }

    @Test
    void shouldFinishTheRestAfterCtrlC() throws Exception {
        // Given
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            lines.add("a blue square number " + i);
        }
        Path file = Files.write(folder.resolve("prompts.txt"), lines);

        // When
        try (CommandProcess interrupted = CommandProcess.start(folder, "generate", "--file", file.toString())) {
            await().atMost(STARTING).until(() -> interrupted.out().size() >= 10 || !interrupted.isAlive());
            interrupted.interrupt();
            interrupted.await(Duration.ofSeconds(60));

            // Then
            assertThat(interrupted.exitCode())
                    .describedAs(interrupted.toString())
                    .isEqualTo(ExitCode.INTERRUPTED);
            assertThat(interrupted.out().size()).isLessThan(lines.size());
        }

        // When
        CommandProcess again = CommandProcess.run(folder, "generate", "--file", file.toString());

        // Then
        assertThat(again.exitCode()).describedAs(again.toString()).isZero();
        assertThat(new HashSet<>(again.out())).hasSize(lines.size());
        assertThat(objects()).hasSize(lines.size());
    }

    /** In this JVM, which is warm: what is drawn is the same. */
    private InProcess generate(String out, List<String> arguments) {
        var all =
                new ArrayList<>(List.of("generate", "--out", folder.resolve(out).toString()));
        all.addAll(arguments);
        return InProcess.run(folder.resolve("home"), all.toArray(String[]::new));
    }

    private Set<String> objects() throws IOException {
        Path bucket = folder.resolve("home/stack/objects/images");
        try (Stream<Path> files = Files.walk(bucket)) {
            var keys = new HashSet<String>();
            files.filter(file -> file.toString().endsWith(".png"))
                    .forEach(file -> keys.add(bucket.relativize(file).toString()));
            return keys;
        }
    }

    private static Set<JsonNode> withoutOrder(CommandProcess run) throws IOException {
        return new HashSet<>(json(run.out()));
    }

    private static List<JsonNode> json(List<String> lines) throws IOException {
        var nodes = new ArrayList<JsonNode>();
        for (String line : lines) {
            nodes.add(JSON.readTree(line));
        }
        return nodes;
    }
}
