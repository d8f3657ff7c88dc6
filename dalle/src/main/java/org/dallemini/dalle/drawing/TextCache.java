package org.dallemini.dalle.drawing;

import java.nio.IntBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.dallemini.dalle.bart.EncodedText;

/** Keeps the texts that were encoded last, so that the images of one prompt share one pass of the encoder. */
final class TextCache {
    private final Function<int[], EncodedText> encoder;
    private final long limit;
    /** Least recently used first. */
    private final Map<IntBuffer, EncodedText> texts = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    /** @param limit bytes to keep at most; the text used last is kept in any case */
    TextCache(Function<int[], EncodedText> encoder, long limit) {
        this.encoder = encoder;
        this.limit = limit;
    }

    EncodedText encode(int... ids) {
        IntBuffer key = IntBuffer.wrap(ids); // compares by content
        EncodedText known = texts.get(key);
        if (known != null) {
            return known;
        }
        EncodedText text = encoder.apply(ids);
        texts.put(key, text);
        bytes += text.bytes();
        Iterator<EncodedText> oldest = texts.values().iterator();
        while (bytes > limit && texts.size() > 1) {
            bytes -= oldest.next().bytes();
            oldest.remove();
        }
        return text;
    }
}
