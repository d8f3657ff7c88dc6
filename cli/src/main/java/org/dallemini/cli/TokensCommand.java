package org.dallemini.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.png.PngText;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.dalle.vqgan.VqganDecoder;
import org.dallemini.dalle.vqgan.VqganEncoder;
import org.dallemini.filter.Door;
import org.dallemini.filter.FilterSettings;
import org.dallemini.filter.ImageFilter;
import org.dallemini.filter.Judgement;
import org.dallemini.models.PictureFile;
import org.dallemini.models.PreparationProgress;
import org.dallemini.models.TokenFile;
import org.dallemini.stage.RejectedRecordException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dallemini tokens}: from a picture to image tokens and back, by the model's VQGAN. */
@Command(
        name = "tokens",
        mixinStandardHelpOptions = true,
        description = "Turns a picture into image tokens and image tokens into a picture.",
        subcommands = {TokensCommand.Encode.class, TokensCommand.Decode.class})
final class TokensCommand extends CommandGroup {
    /** How tokens are printed. */
    enum Format {
        JSON,
        RAW
    }

    /** What both have in common. */
    abstract static class Action extends ConfiguredAction {
        @Option(
                names = "--model",
                paramLabel = "MODEL",
                description = "Name or folder of a model, of which vqgan/ is used (default: the shipped model).")
        private @Nullable String model;

        @Override
        public Integer call() throws IOException {
            Map<String, String> values = values();
            ModelFolder folder = ModelFolder.open(ConfigOptions.model(home(), values, model));
            var progress = new PreparationProgress(System.err, isTerminal());
            var cache = new ModelCache(Path.of(values.get("model.cache")), progress);
            try {
                run(values, folder, cache, progress);
            } finally {
                progress.clear();
            }
            return ExitCode.OK;
        }

        abstract void run(Map<String, String> values, ModelFolder model, ModelCache cache, PreparationProgress progress)
                throws IOException;

        static Sessions sessions() {
            return new Sessions(Runtime.getRuntime().availableProcessors());
        }
    }

    @Command(
            name = "encode",
            mixinStandardHelpOptions = true,
            description = "Prints the image tokens that come nearest to a picture, row by row from the top left.")
    static final class Encode extends Action {
        @Parameters(paramLabel = "IMAGE", description = "PNG or JPEG file; transparency is taken as white.")
        private Path file;

        @Option(
                names = "--resize",
                description = "Cut the middle of a picture of another size out as a square, and scale it.")
        private boolean resize;

        @Option(
                names = "--output",
                paramLabel = "FORMAT",
                defaultValue = "json",
                description =
                        "json: one line; raw: unsigned 16-bit numbers, little endian (default: ${DEFAULT-VALUE}).")
        private Format output;

        @Override
        void run(Map<String, String> values, ModelFolder model, ModelCache cache, PreparationProgress progress)
                throws IOException {
            VqganConfig vqgan = VqganConfig.read(model.vqgan());
            RgbImage image = image(vqgan.resolution());
            TokenFile tokens;
            try (VqganEncoder encoder = VqganEncoder.open(model.vqgan(), cache, sessions())) {
                tokens = new TokenFile(
                        model.name(),
                        cache.revision(model.vqgan()),
                        vqgan.gridSize(),
                        vqgan.gridSize(),
                        encoder.encode(image));
            }
            progress.clear();
            if (output == Format.JSON) {
                System.out.println(tokens.toJson());
            } else {
                byte[] raw = tokens.toBytes();
                System.out.write(raw, 0, raw.length);
                System.out.flush();
            }
        }

        private RgbImage image(int size) throws IOException {
            BufferedImage picture = PictureFile.read(PictureFile.bytes(file), file);
            if (picture.getWidth() != size || picture.getHeight() != size) {
                if (!resize) {
                    throw new ModelException(file + " has " + picture.getWidth() + " x " + picture.getHeight()
                            + " pixels, the VQGAN encodes " + size + " x " + size
                            + "; give --resize to cut and scale it");
                }
                picture = Pictures.square(picture, size);
            }
            return Pictures.pixels(picture);
        }
    }

    @Command(
            name = "decode",
            mixinStandardHelpOptions = true,
            description = "Draws the picture of image tokens that 'tokens encode' has printed as JSON.")
    static final class Decode extends Action {
        private static final String STANDARD_INPUT = "-";

        @Parameters(paramLabel = "FILE", description = "JSON file; - for standard input.")
        private String file;

        @Option(
                names = {"-o", "--out"},
                required = true,
                paramLabel = "FILE",
                description = "PNG file to write; replaced if it is there.")
        private Path out;

        @Override
        void run(Map<String, String> values, ModelFolder model, ModelCache cache, PreparationProgress progress)
                throws IOException {
            TokenFile tokens = read();
            String revision = cache.revision(model.vqgan());
            RgbImage image;
            try (VqganDecoder decoder = VqganDecoder.open(model.vqgan(), cache, sessions(), Precision.FP32)) {
                tokens.requireFits(decoder, revision, source());
                image = decoder.decode(tokens.tokens());
            }
            judge(image, FilterSettings.of(values));
            List<PngText> texts = List.of(
                    new PngText("Software", "dallemini"),
                    new PngText("Source", "Pixels " + model.name() + " " + revision));
            Files.write(out, PngWriter.write(image, texts));
            progress.clear();
            System.out.println(out);
        }

        private static void judge(RgbImage image, FilterSettings settings) {
            try (ImageFilter filter = ImageFilter.open(settings, new SimpleMeterRegistry())) {
                Judgement judgement = filter.judge(image, Door.COMMAND).admitted("the picture of these tokens");
                if (judgement instanceof Judgement.Admitted admitted && admitted.mark() != null) {
                    System.err.println("dallemini: the image filter marks the picture as " + admitted.mark() + ": "
                            + Judgement.text(admitted.scores()));
                }
            } catch (RejectedRecordException e) {
                throw new ModelException(e.code().code() + ": " + e.problem(), e);
            }
        }

        private TokenFile read() throws IOException {
            try (InputStream in = file.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(file))) {
                return TokenFile.parse(in.readAllBytes(), source());
            }
        }

        private String source() {
            return file.equals(STANDARD_INPUT) ? "standard input" : file;
        }
    }
}
