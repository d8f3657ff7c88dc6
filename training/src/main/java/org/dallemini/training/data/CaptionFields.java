package org.dallemini.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The captions in a JSON object: {@code captions} (a list), {@code caption}, or {@code title} and {@code description},
 * which become one caption as the original's encoding of YFCC100M made it.
 */
final class CaptionFields {
    private CaptionFields() {}

    static List<String> of(JsonNode object) {
        List<String> captions = new ArrayList<>();
        object.path("captions").forEach(caption -> captions.add(caption.asText()));
        if (captions.isEmpty() && object.path("caption").isTextual()) {
            captions.add(object.get("caption").textValue());
        }
        if (captions.isEmpty() && (object.has("title") || object.has("description"))) {
            captions.add(titleAndDescription(
                    object.path("title").asText(""), object.path("description").asText("")));
        }
        return captions;
    }

    /** Title and description as the original joins them: a point after the title if nothing else ends it. */
    static String titleAndDescription(String title, String description) {
        String first = title.strip();
        if (!first.isEmpty() && !first.matches("(?s).*[.!?]")) {
            first += ".";
        }
        return first + " " + description.strip();
    }
}
