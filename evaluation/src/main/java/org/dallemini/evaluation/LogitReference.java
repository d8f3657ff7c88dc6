package org.dallemini.evaluation;

import java.util.stream.IntStream;
import org.dallemini.dalle.bart.BartModel;

/** The greedy tokens of a model and its largest logits at each step, to compare another precision with. */
final class LogitReference {
    private static final int KEPT = 256;

    /** @param error see {@link Fidelity.Bart#logitError} */
    record Comparison(double error, double sameGreedyToken) {}

    private record Step(int[] largest, float[] logits) {}

    private final GuidedSteps steps;
    private final Step[][] reference;

    private LogitReference(GuidedSteps steps, Step[][] reference) {
        this.steps = steps;
        this.reference = reference;
    }

    static LogitReference of(BartModel model, GuidedSteps steps, int prompts) {
        Step[][] reference = new Step[prompts][model.config().imageLength()];
        steps.run(model, (prompt, position, logits) -> {
            int[] largest = IntStream.range(0, logits.length)
                    .boxed()
                    .sorted((a, b) -> Float.compare(logits[b], logits[a]))
                    .limit(KEPT)
                    .mapToInt(Integer::intValue)
                    .toArray();
            float[] kept = new float[largest.length];
            for (int i = 0; i < kept.length; i++) {
                kept[i] = logits[largest[i]];
            }
            reference[prompt][position] = new Step(largest, kept);
            return largest[0];
        });
        return new LogitReference(steps, reference);
    }

    Comparison compare(BartModel other) {
        double[] sums = new double[2]; // squares of the error, squares around the mean
        int[] same = new int[1];
        steps.run(other, (prompt, position, logits) -> {
            Step step = reference[prompt][position];
            addSquares(step, logits, sums);
            int largest = IntStream.range(0, logits.length)
                    .reduce((a, b) -> logits[b] > logits[a] ? b : a)
                    .orElseThrow();
            same[0] += largest == step.largest[0] ? 1 : 0;
            return step.largest[0];
        });
        int all = reference.length * reference[0].length;
        return new Comparison(Math.sqrt(sums[0] / sums[1]), (double) same[0] / all);
    }

    /** A shift of all logits changes no probability, so it is no error. */
    private static void addSquares(Step step, float[] logits, double[] sums) {
        int n = step.largest.length;
        double mean = 0;
        double shift = 0;
        for (int i = 0; i < n; i++) {
            mean += step.logits[i] / n;
            shift += (logits[step.largest[i]] - step.logits[i]) / n;
        }
        for (int i = 0; i < n; i++) {
            sums[0] += Math.pow(logits[step.largest[i]] - step.logits[i] - shift, 2);
            sums[1] += Math.pow(step.logits[i] - mean, 2);
        }
    }
}
