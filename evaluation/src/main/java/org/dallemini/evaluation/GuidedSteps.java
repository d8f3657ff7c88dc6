package org.dallemini.evaluation;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.bart.Decoder;
import org.dallemini.dalle.text.TextProcessor;

/** Takes a model through whole images, one for each prompt, and shows the guided logits of every step. */
final class GuidedSteps {
    private final TextProcessor texts;
    private final List<String> prompts;

    GuidedSteps(TextProcessor texts, List<String> prompts) {
        this.texts = texts;
        this.prompts = prompts;
    }

    /** Sees the logits of a step and says which token comes next. */
    @FunctionalInterface
    interface Chooser {
        /** @param logits [vocabulary]; overwritten by the next step */
        int next(int prompt, int position, float[] logits);
    }

    void run(BartModel model, Chooser chooser) {
        float scale = model.defaults().conditionScale();
        try (Decoder decoder = model.decoder(2 * prompts.size())) {
            List<Decoder.Row> conditional = new ArrayList<>();
            List<Decoder.Row> unconditional = new ArrayList<>();
            var nothing = model.encode(texts.unconditionalIds());
            for (String prompt : prompts) {
                conditional.add(decoder.open(model.encode(texts.prepare(prompt).ids())));
                unconditional.add(decoder.open(nothing));
            }
            float[] logits = new float[decoder.vocabulary()];
            for (int position = 0; position < model.config().imageLength(); position++) {
                decoder.step();
                for (int i = 0; i < prompts.size(); i++) {
                    guide(
                            decoder.logits(),
                            conditional.get(i).offset(),
                            unconditional.get(i).offset(),
                            scale,
                            logits);
                    int next = chooser.next(i, position, logits);
                    conditional.get(i).feed(next);
                    unconditional.get(i).feed(next);
                }
            }
        }
    }

    private static void guide(FloatBuffer from, int conditional, int unconditional, float scale, float[] to) {
        for (int i = 0; i < to.length; i++) {
            float without = from.get(unconditional + i);
            to[i] = without + scale * (from.get(conditional + i) - without);
        }
    }
}
