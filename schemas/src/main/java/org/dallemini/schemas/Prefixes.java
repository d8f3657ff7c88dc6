package org.dallemini.schemas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;

/** What is given of images. */
public final class Prefixes {
    /** In the place of a token that is to be drawn. */
    public static final int DRAWN = 0xffff;

    private Prefixes() {}

    /**
     * How many tokens of an image were given rather than drawn; 0 without a prefix. For records from image-tokens on.
     */
    public static int tokens(ImageRequest request) {
        ImagePrefix prefix = request.getPrefix();
        ByteBuffer tokens = prefix == null ? null : prefix.getTokens();
        if (tokens == null) {
            return 0;
        }
        ShortBuffer values = tokens.duplicate().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        int given = 0;
        while (values.hasRemaining()) {
            given += Short.toUnsignedInt(values.get()) == DRAWN ? 0 : 1;
        }
        return given;
    }
}
