package org.dallemini.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dallemini.clip.Clip;
import org.dallemini.clip.Embedding;
import org.dallemini.dalle.DalleMini;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.models.PreparationProgress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dallemini models score}. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Draws captions and tells how well a CLIP finds that the pictures fit them: the mean of 100 times the cosine, with its standard error.",
            "",
            "Beside it stands how well the same pictures fit the next caption of the file instead: a model that heeds its texts scores higher with its own."
        },
        footer = {
            "",
            "Example:",
            "  dallemini models pull clip",
            "  dallemini models score mini --captions captions.txt",
            "",
            "Exit codes: 0 told; 1 a model cannot be used; 2 wrong usage or settings."
        })
final class ScoreCommand extends ModelsCommand.OfModel {
    private static final int BATCH = 8;

    @Option(names = "--clip", defaultValue = ClipFolder.USUAL, paramLabel = "CLIP", description = ClipFolder.HELP)
    private String clip;

    @Option(
            names = "--captions",
            required = true,
            paramLabel = "FILE",
            description = "Text file in UTF-8, a caption a line.")
    private Path captions;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Caption i is drawn with SEED + i (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json (default: ${DEFAULT-VALUE}).")
    private OutputFormat output;

    /** A mean and how far it may be from that of more captions. */
    private record Score(double mean, double error) {
        static Score of(List<Double> values) {
            double mean = values.stream().mapToDouble(value -> value).average().orElse(Double.NaN);
            double squares = values.stream()
                    .mapToDouble(value -> (value - mean) * (value - mean))
                    .sum();
            int n = values.size();
            return new Score(mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1) / n));
        }

        String text() {
            return String.format(Locale.ROOT, "%.2f +- %.2f", mean, error);
        }
    }

    @Override
    public Integer call() throws IOException {
        List<String> texts = texts();
        PreparationProgress progress = progress();
        ModelCache cache = cache(progress);
        int threads = Runtime.getRuntime().availableProcessors();
        List<Double> own = new ArrayList<>();
        List<Double> others = new ArrayList<>();
        try (Clip judge = Clip.open(ClipFolder.of(clip, values()), cache, new Sessions(threads));
                DalleMini model = DalleMini.load(
                        model(), new DalleMini.Settings(cache, threads, BATCH, Precision.FP32, Precision.FP32))) {
            List<Embedding> meanings = texts.stream().map(judge::embed).toList();
            for (int i = 0; i < texts.size(); i++) {
                Embedding picture = judge.embed(model.draw(texts.get(i), seed + i));
                own.add(100 * picture.cosine(meanings.get(i)));
                others.add(100 * picture.cosine(meanings.get((i + 1) % texts.size())));
                progress.count("pictures", i + 1, texts.size());
            }
        } finally {
            progress.clear();
        }
        print(Score.of(own), Score.of(others), texts.size());
        return ExitCode.OK;
    }

    private List<String> texts() throws IOException {
        try {
            List<String> texts = Files.readAllLines(captions).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            if (texts.size() < 2) {
                throw misuse(captions + " has fewer than two captions");
            }
            return texts;
        } catch (MalformedInputException e) {
            throw misuse(captions + " is no text in UTF-8");
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw misuse("Cannot read " + captions);
        }
    }

    private void print(Score own, Score others, int count) {
        if (output == OutputFormat.JSON) {
            System.out.println(new ObjectMapper()
                    .createObjectNode()
                    .put("captions", count)
                    .put("score", own.mean)
                    .put("standardError", own.error)
                    .put("scoreOfOtherCaptions", others.mean)
                    .put("standardErrorOfOtherCaptions", others.error));
            return;
        }
        System.out.println("captions        " + count);
        System.out.println("with their own  " + own.text());
        System.out.println("with the next   " + others.text());
    }
}
