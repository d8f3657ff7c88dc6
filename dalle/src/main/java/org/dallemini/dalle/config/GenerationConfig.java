package org.dallemini.dalle.config;

import java.io.IOException;
import java.nio.file.Path;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFile;

/**
 * How image tokens are drawn unless a prompt says otherwise.
 *
 * @param temperature divides the logits; above 0
 * @param topK only the k likeliest tokens may be drawn; 0 keeps all
 * @param topP only the likeliest tokens whose probabilities add up to p may be drawn; above 0, at most 1; 1 keeps all
 * @param conditionScale classifier-free guidance: unconditional + scale * (conditional - unconditional); at least 0, 1
 *     switches it off
 */
public record GenerationConfig(float temperature, int topK, float topP, float conditionScale) {
    /** What the original demo draws with. */
    public static final GenerationConfig DEMO = new GenerationConfig(1, 50, 1, 10);

    /**
     * Reads generation_config.json of a DALL-E BART checkpoint folder; what it does not say, or all if there is none,
     * is as in the original demo.
     *
     * @throws ModelException if it is not JSON or a value makes no sense
     */
    public static GenerationConfig read(Path checkpointFolder) throws IOException {
        Path path = checkpointFolder.resolve(CheckpointFiles.GENERATION_CONFIG);
        if (!ModelFile.isThere(path)) {
            return DEMO;
        }
        ConfigFile file = ConfigFile.read(path);
        return new GenerationConfig(
                file.number("temperature", DEMO.temperature, t -> t > 0, "a number above 0"),
                file.integer("top_k", DEMO.topK, 0, Integer.MAX_VALUE),
                file.number("top_p", DEMO.topP, p -> p > 0 && p <= 1, "a number above 0, at most 1"),
                file.number("condition_scale", DEMO.conditionScale, s -> s >= 0, "a number from 0"));
    }
}
