package org.dallemini.ingest;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import org.dallemini.events.ImagePrefix;
import org.jspecify.annotations.Nullable;

/** Which prefixes make sense by themselves; whether one fits the model, only the token generator can tell. */
final class PrefixRules {
    private PrefixRules() {}

    /**
     * What is wrong with a prefix and what to do, in one sentence.
     *
     * @param maxBytes most bytes of the tokens or of the picture
     */
    static Optional<String> offence(ImagePrefix prefix, int maxBytes) {
        ByteBuffer tokens = prefix.getTokens();
        ByteBuffer picture = prefix.getPicture();
        if (tokens != null && picture != null) {
            return offence("prefix has both tokens and a picture: leave one of them out.");
        }
        if (tokens != null) {
            return tokens(tokens, prefix.getRows(), maxBytes);
        }
        if (picture != null) {
            return picture(picture, prefix.getRows(), maxBytes);
        }
        return offence("prefix has neither tokens nor a picture: give one of them, or no prefix.");
    }

    private static Optional<String> tokens(ByteBuffer tokens, @Nullable Integer rows, int maxBytes) {
        int bytes = tokens.remaining();
        if (bytes == 0 || bytes % Short.BYTES != 0) {
            return offence("prefix.tokens has %d bytes: give at least one token, two bytes for each.", bytes);
        }
        if (bytes > maxBytes) {
            return offence(
                    "prefix.tokens has %d bytes, the limit is %d: no image has so many tokens.", bytes, maxBytes);
        }
        return rows == null
                ? Optional.empty()
                : offence("prefix.rows is %d beside tokens: leave it out, it belongs to a picture.", rows);
    }

    private static Optional<String> picture(ByteBuffer picture, @Nullable Integer rows, int maxBytes) {
        int bytes = picture.remaining();
        if (bytes == 0) {
            return offence("prefix.picture is empty: give a PNG or JPEG file.");
        }
        if (bytes > maxBytes) {
            return offence(
                    "prefix.picture has %d bytes, the limit is %d: scale the picture down, the model sees no more than its own size.",
                    bytes, maxBytes);
        }
        if (rows == null) {
            return offence("prefix.rows is missing: say how many rows of the picture's tokens to keep.");
        }
        return rows < 1
                ? offence("prefix.rows is %d: keep at least 1 row of the picture's tokens.", rows)
                : Optional.empty();
    }

    private static Optional<String> offence(String format, Object... values) {
        return Optional.of(String.format(Locale.ROOT, format, values));
    }
}
