package org.dallemini.schemas;

import java.nio.ByteBuffer;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRequest;

/** What images begin with. */
public final class Prefixes {
    private Prefixes() {}

    /**
     * How many tokens of an image were given rather than drawn; 0 without a prefix. For records from image-tokens on.
     */
    public static int tokens(ImageRequest request) {
        ImagePrefix prefix = request.getPrefix();
        ByteBuffer tokens = prefix == null ? null : prefix.getTokens();
        return tokens == null ? 0 : tokens.remaining() / Short.BYTES;
    }
}
