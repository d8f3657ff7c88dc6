package org.dallemini.ingest.openai;

import java.util.Map;
import java.util.Set;
import org.dallemini.ingest.http.Area;

/**
 * Where OpenAI's clients ask: all below {@code /v1} but what is this API's own, and the same without {@code /v1}, for
 * clients whose base URL lacks it. What is not there is refused in the shape that they show to people.
 */
final class OpenAiArea {
    private static final String BASE = "/v1";

    /** Paths of this API, which speaks of problems as of RFC 9457; those below {@code /v1/images} are OpenAI's. */
    private static final Set<String> OURS = Set.of("/v1/jobs", "/v1/model-card");

    private static final String GALLERY = "/v1/images";

    private static final String DRAWS = "this server draws images from text, with POST /v1/images/generations;"
            + " GET /v1/models names the model.";
    private static final String LISTS =
            "POST /v1/jobs takes many prompts at once, and 'dallemini submit' a whole" + " batch file of OpenAI's.";

    /** What is said of the first part of a path, or of the first two. */
    private static final Map<String, String> MISSING = Map.ofEntries(
            Map.entry("images", "There is nothing of this kind here: " + DRAWS),
            Map.entry("models", "Models cannot be looked at in this way here: GET /v1/models names what there is."),
            Map.entry("batches", "There are no batches here: " + LISTS),
            Map.entry("files", "There are no files here: " + LISTS),
            Map.entry("uploads", "There are no uploads here: " + LISTS),
            Map.entry("chat", "There is no chat here: " + DRAWS),
            Map.entry("responses", "There are no responses here: " + DRAWS),
            Map.entry("completions", "Text is not completed here: " + DRAWS),
            Map.entry("embeddings", "There are no embeddings here: " + DRAWS),
            Map.entry("moderations", "There are no moderations here: " + DRAWS),
            Map.entry("audio", "There is no audio here: " + DRAWS),
            Map.entry("videos", "There are no videos here: " + DRAWS),
            Map.entry("realtime", "There is nothing in real time here: " + DRAWS),
            Map.entry("fine_tuning", "Nothing is trained here: " + DRAWS),
            Map.entry("assistants", "There are no assistants here: " + DRAWS),
            Map.entry("threads", "There are no threads here: " + DRAWS),
            Map.entry("vector_stores", "There are no vector stores here: " + DRAWS),
            Map.entry("engines", "There are no engines here: " + DRAWS));

    private static final String OTHERS = "There is nothing of this kind here: " + DRAWS;

    private OpenAiArea() {}

    static Area area() {
        return new Area(OpenAiArea::holds, OpenAiArea::nothing, OpenAiError::of);
    }

    private static boolean holds(String path) {
        if (isAtOrBelow(path, BASE)) {
            return !path.equals(GALLERY) && OURS.stream().noneMatch(our -> isAtOrBelow(path, our));
        }
        return MISSING.containsKey(first(path)) || first(path).equals("openai");
    }

    private static boolean isAtOrBelow(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder + "/");
    }

    /** The first part of a path, without slashes. */
    private static String first(String path) {
        return path.replaceFirst("^/", "").replaceFirst("/.*", "");
    }

    private static String nothing(String path) {
        if (!isAtOrBelow(path, BASE)) {
            return "There is nothing here: the base URL of OpenAI's clients ends with " + BASE + ", as in"
                    + " http://127.0.0.1:8080/v1.";
        }
        String below = path.substring(BASE.length());
        String[] parts = below.replaceFirst("^/", "").split("/", 3);
        String two = parts.length > 1 ? parts[0] + "/" + parts[1] : parts[0];
        return MISSING.getOrDefault(two, MISSING.getOrDefault(parts[0], OTHERS));
    }
}
