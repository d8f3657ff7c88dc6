package org.dallemini.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.evaluation.Fidelity;
import org.dallemini.evaluation.FidelityMeter;
import org.dallemini.evaluation.FidelityTable;
import org.dallemini.models.PreparationProgress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dallemini models fidelity}. */
@Command(
        name = "fidelity",
        mixinStandardHelpOptions = true,
        description = {
            "Measures what fewer bits change: error of the logits, tokens that stay the same, error of the pixels, each"
                    + " against float32.",
            "A model whose folder has a captions.tsv (the shipped one has) also draws those, and a program looks whether"
                    + " colour, shape and background are right."
        })
final class FidelityCommand extends ModelsCommand.OfModel {
    @Option(
            names = "--prompts",
            paramLabel = "N",
            defaultValue = "8",
            description = "Texts whose logits are compared, step by step (default: ${DEFAULT-VALUE}).")
    private int prompts;

    @Option(
            names = "--captions",
            paramLabel = "N",
            defaultValue = "2147483647",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
            description = "Captions to draw, spread over all that there are (default: all).")
    private int captions;

    @Option(
            names = "--worst",
            paramLabel = "FILE",
            description =
                    "PNG file for the picture that the VQGAN's int8 changes most: fp32 on the left, int8 on the right.")
    private @Nullable Path worst;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text: tables in Markdown; json (default: ${DEFAULT-VALUE}).")
    private OutputFormat output;

    @Override
    public Integer call() throws IOException {
        if (prompts < 1 || captions < 1) {
            throw misuse("--prompts and --captions must be at least 1");
        }
        PreparationProgress progress = progress();
        FidelityMeter meter = new FidelityMeter(
                ModelFolder.open(model()),
                cache(progress),
                new Sessions(Runtime.getRuntime().availableProcessors()),
                prompts,
                captions,
                progress::count);
        Fidelity fidelity;
        try {
            fidelity = meter.measure();
        } finally {
            progress.clear();
        }
        System.out.print(
                output == OutputFormat.JSON
                        ? new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(fidelity) + "\n"
                        : FidelityTable.of(fidelity));
        if (worst != null) {
            write(meter.worst(), worst);
        }
        return ExitCode.OK;
    }

    private static void write(FidelityMeter.@Nullable Worst pair, Path file) throws IOException {
        if (pair == null) {
            throw new ModelException("no picture changed, so there is none to write to " + file);
        }
        int width = pair.fp32().width();
        var both = new BufferedImage(2 * width, pair.fp32().height(), BufferedImage.TYPE_INT_RGB);
        draw(pair.fp32(), both, 0);
        draw(pair.other(), both, width);
        ImageIO.write(both, "png", file.toFile());
        System.err.println(file + ": " + pair.text());
    }

    private static void draw(RgbImage image, BufferedImage to, int left) {
        Graphics2D graphics = to.createGraphics();
        graphics.drawImage(Pictures.picture(image), left, 0, null);
        graphics.dispose();
    }
}
