package org.dallemini.bench.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.bench.common.ChildJvm;
import org.dallemini.bench.common.Json;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.drawing.ContinuousBatch;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.precision.Precision;

/**
 * Measures a stage's model in a process of its own, so that its memory is known.
 *
 * @param model to measure
 * @param cache of prepared graphs
 * @param threads of one computation
 * @param spinning whether idle threads wait in a busy loop
 */
public record ModelsMeter(ModelFolder model, Path cache, int threads, boolean spinning) {
    /** Hidden commands that measure within their own process. */
    public static final String TOKENS_COMMAND = "measure-tokens", VQGAN_COMMAND = "measure-vqgan";

    private static final int HEAP_MB = 1024, OTHER_DIRECT_MB = 512;

    /** Opens the graphs once, so that no measurement has the memory of building them in its peak. */
    public void prepare(Precision precision, boolean tokens, boolean vqgan) throws IOException, InterruptedException {
        if (tokens) {
            tokens(precision, 1, 0);
        }
        if (vqgan && precision.hasConvolutions()) {
            vqgan(precision, 0);
        }
    }

    /**
     * @param images that are drawn together
     * @param steps to time at least; 0 to open the model only
     */
    public List<StageResult> tokens(Precision precision, int images, int steps)
            throws IOException, InterruptedException {
        long batchMb = ContinuousBatch.bytes(BartConfig.read(model.bart()), images + 1) >> 20;
        return run(
                batchMb + OTHER_DIRECT_MB,
                List.of(TOKENS_COMMAND, "--batch", Integer.toString(images), "--steps", Integer.toString(steps)),
                precision);
    }

    /** @param images to time; 0 to open the model only */
    public List<StageResult> vqgan(Precision precision, int images) throws IOException, InterruptedException {
        return run(OTHER_DIRECT_MB, List.of(VQGAN_COMMAND, "--images", Integer.toString(images)), precision);
    }

    private List<StageResult> run(long directMb, List<String> command, Precision precision)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of(
                "--precision",
                precision.key(),
                "--model",
                model.path().toString(),
                "--model-cache",
                cache.toString(),
                "--threads",
                Integer.toString(threads)));
        if (spinning) {
            arguments.add("--spinning");
        }
        return Json.objects(ChildJvm.run(HEAP_MB, directMb, arguments)).stream()
                .map(line -> Json.convert(line, StageResult.class))
                .toList();
    }
}
