package org.dallemini.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.config.GenerationConfig;
import org.dallemini.dalle.drawing.ContinuousBatch;
import org.dallemini.dalle.drawing.Drawing;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.text.TextProcessor;

/** Draws an image of each text, with the model's own sampling values; the seeds count from 0. */
final class SampledImages {
    private static final int SLOTS = 16;

    private record Started(int number, Drawing drawing) {}

    private SampledImages() {}

    /**
     * @param progress told how many are done
     * @return the tokens of each image, in the order of the texts
     */
    static List<int[]> draw(BartModel model, TextProcessor texts, List<String> wanted, IntConsumer progress) {
        GenerationConfig d = model.defaults();
        SamplingParameters parameters =
                new SamplingParameters(d.temperature(), d.topK(), d.topP(), d.conditionScale(), 0, 1);
        int[][] tokens = new int[wanted.size()][];
        List<Started> running = new ArrayList<>();
        int next = 0;
        try (ContinuousBatch batch = ContinuousBatch.of(model, texts, SLOTS)) {
            while (next < wanted.size() || !running.isEmpty()) {
                while (next < wanted.size() && running.size() < SLOTS) {
                    TokenRequest request = new TokenRequest(wanted.get(next), null, next, parameters);
                    running.add(new Started(next, batch.start(request)));
                    next++;
                }
                batch.step();
                running.stream()
                        .filter(image -> image.drawing.isEnded())
                        .forEach(image -> tokens[image.number] = image.drawing.tokens());
                running.removeIf(image -> image.drawing.isEnded());
                progress.accept(next - running.size());
            }
        }
        return Arrays.asList(tokens);
    }
}
