package org.dallemini.training.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A prompt with what must be seen.
 *
 * @param kind of prompt, by which results are told
 * @param concepts to be seen
 * @param ground name of a colour; empty if none is asked for
 * @param count of the thing; 0 if none is asked for
 */
record EvaluationPrompt(String kind, String prompt, List<String> concepts, String ground, int count) {
    /** Reads a file of JSON lines. */
    static List<EvaluationPrompt> read(Path file) throws IOException {
        List<EvaluationPrompt> prompts = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode json = new ObjectMapper().readTree(line);
            List<String> concepts = new ArrayList<>();
            json.path("concepts").forEach(concept -> concepts.add(concept.asText()));
            prompts.add(new EvaluationPrompt(
                    json.path("kind").asText("prompt"),
                    json.path("prompt").asText(),
                    concepts,
                    json.path("ground").asText("").replace("null", ""),
                    json.path("count").asInt(0)));
        }
        return prompts;
    }
}
