package org.dallemini.storage;

import java.util.List;
import org.dallemini.storage.ObjectKeyTemplate.Index;
import org.dallemini.storage.ObjectKeyTemplate.Literal;
import org.dallemini.storage.ObjectKeyTemplate.Part;
import org.dallemini.storage.ObjectKeyTemplate.Prompt;

/**
 * When a template is sure to give distinct images distinct keys.
 *
 * <p>No value holds a {@code /} and the number of segments is fixed, so a key can be taken apart into its segments
 * again. It is therefore enough that some segment tells the prompt's id and some segment tells the index.
 */
final class UniqueKeys {
    /** Ending of the JSON file beside an image. */
    static final String SIDECAR = ".json";

    private UniqueKeys() {}

    /** Whether the value of {@code wanted} can be read back from what {@code segment} becomes. */
    static boolean tells(List<Part> segment, Class<? extends Part> wanted) {
        List<Part> values =
                segment.stream().filter(part -> !(part instanceof Literal)).toList();
        return switch (values.size()) {
            case 1 -> wanted.isInstance(values.get(0));
            case 2 -> isPromptAndIndex(values) && isDivided(segment, values);
            default -> false;
        };
    }

    private static boolean isPromptAndIndex(List<Part> values) {
        return (values.get(0) instanceof Prompt && values.get(1) instanceof Index)
                || (values.get(0) instanceof Index && values.get(1) instanceof Prompt);
    }

    /** An index is all digits; it ends at the first other character, if that is not the id's. */
    private static boolean isDivided(List<Part> segment, List<Part> values) {
        int first = segment.indexOf(values.get(0));
        if (!(segment.get(first + 1) instanceof Literal between)) {
            return false;
        }
        String text = between.text();
        char besideIndex = values.get(0) instanceof Index ? text.charAt(0) : text.charAt(text.length() - 1);
        return besideIndex < '0' || besideIndex > '9';
    }
}
