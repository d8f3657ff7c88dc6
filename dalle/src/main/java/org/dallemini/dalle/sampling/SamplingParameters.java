package org.dallemini.dalle.sampling;

/**
 * How the next token is drawn from the logits. The warpers apply in the order of the components, after guidance.
 *
 * @param temperature divides the logits; finite, above 0; 1 leaves them as they are
 * @param topK only the k likeliest tokens may be drawn; at least 0; 1 is greedy decoding, 0 keeps all
 * @param topP only the likeliest tokens whose probabilities add up to p may be drawn; above 0, at most 1; 1 keeps all
 * @param guidanceScale classifier-free guidance, {@code condition_scale} in the original; finite, at least 0; 1
 *     switches it off
 * @param batchIndex row of the image in the batch that shares the key, from 0
 * @param batchSize rows of that batch, from 1; the original draws the noise of a batch as one array [rows, vocabulary]
 * @throws IllegalArgumentException if a value is out of its range; the message names it
 */
public record SamplingParameters(
        float temperature, int topK, float topP, float guidanceScale, int batchIndex, int batchSize) {

    /** More rows than any machine of the original could hold; keeps row * vocabulary within an int. */
    public static final int MAX_BATCH_SIZE = 4096;

    public SamplingParameters {
        require(temperature > 0 && temperature < Float.POSITIVE_INFINITY, "temperature", temperature, "above 0");
        require(topK >= 0, "topK", topK, "at least 0 (0 keeps all tokens)");
        require(topP > 0 && topP <= 1, "topP", topP, "above 0 and at most 1");
        require(
                guidanceScale >= 0 && guidanceScale < Float.POSITIVE_INFINITY,
                "guidanceScale",
                guidanceScale,
                "at least 0 (1 switches guidance off)");
        require(batchSize >= 1 && batchSize <= MAX_BATCH_SIZE, "batchSize", batchSize, "from 1 to " + MAX_BATCH_SIZE);
        require(
                batchIndex >= 0 && batchIndex < batchSize,
                "batchIndex",
                batchIndex,
                "from 0 to batchSize - 1 = " + (batchSize - 1));
    }

    /** Parameters of an image that is a batch of one. */
    public SamplingParameters(float temperature, int topK, float topP, float guidanceScale) {
        this(temperature, topK, topP, guidanceScale, 0, 1);
    }

    /** Whether the unconditional text is needed at all. */
    public boolean guided() {
        return guidanceScale != 1;
    }

    private static void require(boolean valid, String name, Number value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(name + " is " + value + " but must be a number " + range);
        }
    }
}
