package org.dallemini.dalle.bart;

import java.util.List;

/**
 * What the decoder needs of a text: the keys and values of cross attention, computed once however many images and steps
 * use them. Immutable by agreement.
 *
 * @param length text positions
 * @param keys per decoder layer, [heads, length, head size]
 * @param values per decoder layer, of the same shape
 */
public record EncodedText(int length, List<float[]> keys, List<float[]> values) {

    public long bytes() {
        return 2L * keys.size() * keys.get(0).length * Float.BYTES;
    }
}
