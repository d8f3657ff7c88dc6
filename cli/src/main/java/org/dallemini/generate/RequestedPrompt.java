package org.dallemini.generate;

import org.dallemini.events.PromptRequest;

/**
 * A prompt to be drawn.
 *
 * @param request with its id set
 * @param line of the prompt file, from 1; 0 where there is no file
 */
public record RequestedPrompt(PromptRequest request, int line) {

    static String imageId(String promptId, int index) {
        return promptId + "/" + index;
    }
}
