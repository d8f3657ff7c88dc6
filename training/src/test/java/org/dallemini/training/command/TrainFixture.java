package org.dallemini.training.command;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** A small data set, and models small enough to be trained in seconds. */
final class TrainFixture {
    private static final List<String> COLOURS = List.of("red", "green", "blue", "yellow");
    private static final List<Color> VALUES = List.of(Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW);
    private static final int PICTURE = 32;

    private final Path folder;

    private TrainFixture(Path folder) {
        this.folder = folder;
    }

    /** Draws 40 pictures with captions, and writes the configurations of a VQGAN and a BART. */
    static TrainFixture in(Path folder) throws IOException {
        TrainFixture fixture = new TrainFixture(folder);
        Files.createDirectories(fixture.pictures());
        StringBuilder captions = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            String name = i + ".png";
            ImageIO.write(picture(i), "png", fixture.pictures().resolve(name).toFile());
            String caption = "a " + COLOURS.get(i % 4) + (i / 4 % 2 == 0 ? " circle" : " square");
            captions.append(String.format(
                    "{\"file\": \"%s\", \"caption\": \"%s\", \"split\": \"%s\"}%n",
                    name, caption, i % 10 == 9 ? "validation" : "train"));
        }
        Files.writeString(fixture.pictures().resolve("captions.jsonl"), captions);
        Files.writeString(fixture.vqganConfig(), """
                {"ch": 32, "ch_mult": [1, 1, 1], "num_res_blocks": 1, "attn_resolutions": [8], "resolution": 32,
                 "z_channels": 16, "n_embed": 32, "embed_dim": 16}
                """);
        Files.writeString(fixture.bartConfig(), """
                {"d_model": 32, "encoder_layers": 1, "decoder_layers": 2, "encoder_attention_heads": 2,
                 "decoder_attention_heads": 2, "encoder_ffn_dim": 48, "decoder_ffn_dim": 48,
                 "encoder_vocab_size": 300, "image_vocab_size": 32, "image_length": 64, "max_text_length": 16,
                 "use_glu": true, "use_bias": false, "ln_positions": "normformer", "ln_type": "layernorm",
                 "tie_word_embeddings": false, "force_ln_scale": false, "normalize_text": true,
                 "use_final_ln_encoder": true, "use_final_ln_decoder": true, "dropout": 0.0}
                """);
        return fixture;
    }

    private static BufferedImage picture(int number) {
        BufferedImage picture = new BufferedImage(PICTURE, PICTURE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, PICTURE, PICTURE);
        graphics.setColor(VALUES.get(number % 4));
        int at = 4 + number % 5;
        if (number / 4 % 2 == 0) {
            graphics.fillOval(at, at, 20, 20);
        } else {
            graphics.fillRect(at, at, 20, 20);
        }
        graphics.dispose();
        return picture;
    }

    Path pictures() {
        return folder.resolve("pictures");
    }

    Path vqganConfig() {
        return folder.resolve("vqgan.json");
    }

    Path bartConfig() {
        return folder.resolve("bart.json");
    }

    Path tokenizer() {
        return folder.resolve("tokenizer");
    }

    Path tokens() {
        return folder.resolve("tokens");
    }

    Path run(String name) {
        return folder.resolve(name);
    }

    /** The newest checkpoint of a run, which is a model folder. */
    Path checkpoint(String run) {
        try (var folders = Files.list(run(run).resolve("checkpoints"))) {
            return folders.max(Path::compareTo).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Arguments that train a VQGAN. */
    List<String> vqgan(String run, int updates, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "vqgan",
                "--run",
                run(run).toString(),
                "--data",
                pictures().toString(),
                "--config",
                vqganConfig().toString(),
                "--updates",
                String.valueOf(updates),
                "--batch-size",
                "8",
                "--threads",
                "2",
                "--warmup-steps",
                "5",
                "--learning-rate",
                "2e-3",
                "--restart-every",
                "10",
                "--restart-until",
                "60",
                "--log-every",
                "5",
                "--sample-every",
                "0"));
        arguments.addAll(List.of(more));
        return arguments;
    }

    /** Arguments that train a BART on what {@link #encode} has made. */
    List<String> bart(String run, int updates, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "bart",
                "--run",
                run(run).toString(),
                "--data",
                tokens().toString(),
                "--config",
                bartConfig().toString(),
                "--tokenizer",
                tokenizer().toString(),
                "--vqgan",
                checkpoint("vqgan").toString(),
                "--updates",
                String.valueOf(updates),
                "--batch-size",
                "8",
                "--threads",
                "2",
                "--warmup-steps",
                "5",
                "--learning-rate",
                "3e-3",
                "--log-every",
                "5",
                "--sample-every",
                "0"));
        arguments.addAll(List.of(more));
        return arguments;
    }

    /** Makes tokenizer and image tokens, by the newest checkpoint of the run "vqgan". */
    void encode() {
        execute(List.of(
                "captions",
                "--data",
                pictures().toString(),
                "--out",
                tokenizer().toString(),
                "--vocabulary",
                "300"));
        execute(List.of(
                "encode",
                "--data",
                pictures().toString(),
                "--model",
                checkpoint("vqgan").toString(),
                "--out",
                tokens().toString()));
    }

    /** Runs a command in this process. */
    static void execute(List<String> arguments) {
        int code = Train.execute(arguments.toArray(String[]::new));
        if (code != Train.OK) {
            throw new AssertionError(arguments + " ended with " + code);
        }
    }
}
