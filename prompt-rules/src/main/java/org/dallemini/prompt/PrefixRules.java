package org.dallemini.prompt;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import org.dallemini.events.ImagePrefix;
import org.dallemini.prompt.Verdict.Refused;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Which prefixes make sense by themselves; whether one fits the model, only the token generator can tell. */
final class PrefixRules {
    private static final String TOKENS = "/tokens";
    private static final String PICTURE = "/picture";
    private static final String ROWS = "/rows";

    private PrefixRules() {}

    /**
     * What is wrong with a prefix and what to do.
     *
     * @param maxBytes most bytes of the tokens or of the picture
     */
    static Optional<Refused> offence(ImagePrefix prefix, int maxBytes) {
        ByteBuffer tokens = prefix.getTokens();
        ByteBuffer picture = prefix.getPicture();
        if (tokens != null && picture != null) {
            return offence("", "prefix has both tokens and a picture: leave one of them out.");
        }
        if (tokens != null) {
            return tokens(tokens, prefix.getRows(), maxBytes);
        }
        if (picture != null) {
            return picture(picture, prefix.getRows(), maxBytes);
        }
        return offence("", "prefix has neither tokens nor a picture: give one of them, or no prefix.");
    }

    private static Optional<Refused> tokens(ByteBuffer tokens, @Nullable Integer rows, int maxBytes) {
        int bytes = tokens.remaining();
        if (bytes == 0 || bytes % Short.BYTES != 0) {
            return offence(TOKENS, "prefix.tokens has %d bytes: give at least one token, two bytes for each.", bytes);
        }
        if (bytes > maxBytes) {
            return offence(
                    TOKENS,
                    "prefix.tokens has %d bytes, the limit is %d: no image has so many tokens.",
                    bytes,
                    maxBytes);
        }
        return rows == null
                ? Optional.empty()
                : offence(ROWS, "prefix.rows is %d beside tokens: leave it out, it belongs to a picture.", rows);
    }

    private static Optional<Refused> picture(ByteBuffer picture, @Nullable Integer rows, int maxBytes) {
        int bytes = picture.remaining();
        if (bytes == 0) {
            return offence(PICTURE, "prefix.picture is empty: give a PNG or JPEG file.");
        }
        if (bytes > maxBytes) {
            return offence(
                    PICTURE,
                    "prefix.picture has %d bytes, the limit is %d: scale the picture down, the model sees no more than its own size.",
                    bytes,
                    maxBytes);
        }
        if (rows == null) {
            return offence(ROWS, "prefix.rows is missing: say how many rows of the picture's tokens to keep.");
        }
        return rows < 1
                ? offence(ROWS, "prefix.rows is %d: keep at least 1 row of the picture's tokens.", rows)
                : Optional.empty();
    }

    private static Optional<Refused> offence(String field, String format, Object... values) {
        return Optional.of(
                new Refused(ErrorCode.INVALID_PREFIX, "/prefix" + field, String.format(Locale.ROOT, format, values)));
    }
}
