package org.dallemini.prompt;

/**
 * The limits that an operator may set.
 *
 * @param maxCharacters most Unicode code points of a text or negative text; default 2000
 * @param maxImages most images of one prompt; default 64
 * @param maxPrefixBytes most bytes of the tokens or the picture that its images begin with; default 256 KiB, enough for
 *     any PNG file of the 256 x 256 pixels of the published models, and a quarter of what a Kafka record holds
 * @param maxCandidates most candidates that a prompt's images are chosen from; default 64, the work of as many images
 */
public record PromptLimits(int maxCharacters, int maxImages, int maxPrefixBytes, int maxCandidates) {
    public static final PromptLimits DEFAULT = new PromptLimits(2000, 64, 256 << 10, 64);
}
