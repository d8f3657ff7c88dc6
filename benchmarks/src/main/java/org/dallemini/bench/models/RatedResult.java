package org.dallemini.bench.models;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.IOException;
import org.dallemini.bench.limits.Limits;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.precision.Precision;

/**
 * A result beside the limit of the machine.
 *
 * @param result what was measured
 * @param limitMs shortest time for a step (tokens) or an image (vqgan), in ms
 * @param limitedBy {@code memory} or {@code arithmetic}
 * @param shareOfLimit how much of the limit was reached; 1 is all of it
 */
public record RatedResult(@JsonUnwrapped StageResult result, double limitMs, String limitedBy, double shareOfLimit) {

    public static RatedResult of(StageResult result, ModelFolder model, Limits limits) throws IOException {
        Precision precision = Precision.of(result.precision());
        Double step = result.msPerStep();
        if (step == null) {
            return rated(
                    result,
                    VqganCost.of(VqganConfig.read(model.vqgan())).limit(limits, precision),
                    1000 * result.secondsPerImage());
        }
        TokenStepCost cost = TokenStepCost.of(BartConfig.read(model.bart()), precision, TokenStageMeter.TEXT_TOKENS);
        return rated(result, cost.limit(limits, precision, 2 * result.batch()), step);
    }

    private static RatedResult rated(StageResult result, Limit limit, double measuredMillis) {
        return new RatedResult(result, limit.millis(), limit.by(), limit.share(measuredMillis));
    }
}
