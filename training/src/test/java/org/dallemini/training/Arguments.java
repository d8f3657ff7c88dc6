package org.dallemini.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.dallemini.training.optim.AdamW;
import org.dallemini.training.optim.LearningRate;

/** Arguments of train.py, as the golden vectors tell them. */
public record Arguments(Map<String, String> values) {
    /** Those of a run or a case. */
    public static Arguments of(JsonNode run) {
        Map<String, String> values = new HashMap<>();
        String[] words = run.get("arguments").textValue().split(" ");
        for (int i = 0; i < words.length; i++) {
            boolean flag = i + 1 == words.length || words[i + 1].startsWith("--");
            values.put(words[i].replaceFirst("--", ""), flag ? "true" : words[++i]);
        }
        return new Arguments(values);
    }

    public int integer(String name, int otherwise) {
        return Integer.parseInt(values.getOrDefault(name, String.valueOf(otherwise)));
    }

    private double number(String name, double otherwise) {
        return Double.parseDouble(values.getOrDefault(name, String.valueOf(otherwise)));
    }

    /** @param updates of the whole training */
    public LearningRate learningRate(int updates) {
        return new LearningRate(
                number("learning_rate", 5e-5),
                integer("lr_offset", 0),
                integer("warmup_steps", 0),
                LearningRate.Decay.valueOf(
                        values.getOrDefault("lr_decay", "constant").toUpperCase(Locale.ROOT)),
                updates,
                number("lr_decay_rate", 1),
                integer("lr_transition_steps", 1),
                values.containsKey("lr_staircase"));
    }

    public AdamW.Settings adam() {
        return new AdamW.Settings(
                number("beta1", 0.9), number("beta2", 0.999), number("adam_epsilon", 1e-8), number("weight_decay", 0));
    }
}
