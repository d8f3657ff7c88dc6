package org.dallemini.dalle.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.dallemini.dalle.bart.EncodedText;
import org.junit.jupiter.api.Test;

class TextCacheTest {
    private static final long TEXT_BYTES = text(1).bytes();

    private final List<Integer> encoded = new ArrayList<>();
    private final TextCache cache = new TextCache(
            ids -> {
                encoded.add(ids[0]);
                return text(ids.length);
            },
            2 * TEXT_BYTES);

    @Test
    void shouldEncodeATextOnceForAllImagesOfAPrompt() {
        EncodedText first = cache.encode(1);
        EncodedText second = cache.encode(1);

        assertThat(second).isSameAs(first);
        assertThat(encoded).containsExactly(1);
    }

    @Test
    void shouldForgetTheTextThatWasNotUsedForLongest() {
        // Given
        cache.encode(1);
        cache.encode(2);
        cache.encode(1);

        // When
        cache.encode(3);

        // Then
        cache.encode(1);
        cache.encode(3);
        assertThat(encoded).containsExactly(1, 2, 3);
        cache.encode(2);
        assertThat(encoded).containsExactly(1, 2, 3, 2);
    }

    @Test
    void shouldKeepATextLargerThanItsLimitAsLongAsItIsTheLast() {
        int[] large = {7, 7, 7};
        cache.encode(1);

        assertThat(cache.encode(large)).isSameAs(cache.encode(large));
        cache.encode(1);
        cache.encode(large);
        assertThat(encoded).containsExactly(1, 7, 1, 7);
    }

    private static EncodedText text(int length) {
        return new EncodedText(length, List.of(new float[4 * length]), List.of(new float[4 * length]));
    }
}
