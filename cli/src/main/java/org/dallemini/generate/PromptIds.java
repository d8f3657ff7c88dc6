package org.dallemini.generate;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.PromptRequest;
import org.dallemini.schemas.Hashes;
import org.jspecify.annotations.Nullable;

/**
 * Ids that follow from the content, so that submitting a file again asks for the very same images and nothing is drawn
 * twice. Equal prompts of one file are told apart by their order.
 */
final class PromptIds {
    private static final int BYTES = 12;

    /** How records end since they have the fields; before them they had only the brace. */
    private static final Pattern WITHOUT_NEWER = Pattern.compile("(, \"(prefix|bestOf|output|redraw)\": null)+}$");

    private final String scope;
    private final Map<String, Integer> occurrences = new HashMap<>();

    /**
     * @param scope prompts of different scopes have different ids: for example the model's revision
     * @param prefix of all prompts
     */
    PromptIds(String scope, @Nullable ImagePrefix prefix) {
        this.scope = prefix == null ? scope : scope + '\n' + digest(prefix.toString());
    }

    /** 24 hexadecimal digits for a request whose own id and prefix are not set yet. */
    String next(PromptRequest request) {
        // As versions without the fields wrote it: what they have drawn of a file is found again.
        String content =
                digest(scope + '\n' + WITHOUT_NEWER.matcher(request.toString()).replaceFirst("}"));
        int occurrence = occurrences.merge(content, 1, Integer::sum);
        return occurrence == 1 ? content : digest(content + '#' + occurrence);
    }

    private static String digest(String content) {
        return Hashes.hex(content, BYTES);
    }
}
