package org.dallemini.ingest;

/**
 * The limits that an operator may set.
 *
 * @param maxCharacters most Unicode code points of a text or negative text; default 2000
 * @param maxImages most images of one prompt; default 64
 */
public record PromptLimits(int maxCharacters, int maxImages) {
    public static final PromptLimits DEFAULT = new PromptLimits(2000, 64);
}
