package org.dallemini.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.dallemini.bench.limits.Limits;
import org.dallemini.bench.models.ModelsMeter;
import org.dallemini.bench.models.RatedResult;
import org.dallemini.bench.models.StageResult;
import org.dallemini.dalle.precision.Precision;
import picocli.CommandLine.Option;

/** Each stage's model alone, in one precision after the other. */
final class ModelSweep {
    @Option(
            names = "--precisions",
            split = ",",
            paramLabel = "PRECISION",
            defaultValue = "fp32,int8,int4,int8_rows",
            description = "The VQGAN has fp32 and int8 (default: ${DEFAULT-VALUE}).")
    private List<Precision> precisions = List.of();

    /**
     * @param batches of tokens; none to leave out that stage
     * @param steps of each batch to time at least
     * @param images to time in the VQGAN; 0 to leave out that stage
     * @param each is told of a result at once
     */
    void measure(
            ModelsMeter meter, Limits limits, List<Integer> batches, int steps, int images, Consumer<RatedResult> each)
            throws IOException, InterruptedException {
        for (Precision precision : precisions) {
            meter.prepare(precision, !batches.isEmpty(), images > 0);
            for (int batch : batches) {
                Benchmarks.say("tokens, " + precision.key() + ", " + batch);
                for (StageResult result : meter.tokens(precision, batch, steps)) {
                    each.accept(RatedResult.of(result, meter.model(), limits));
                }
            }
            if (images > 0 && precision.hasConvolutions()) {
                Benchmarks.say("vqgan, " + precision.key());
                for (StageResult result : meter.vqgan(precision, images)) {
                    each.accept(RatedResult.of(result, meter.model(), limits));
                }
            }
        }
    }
}
