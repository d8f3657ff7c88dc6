package org.dallemini.prompt;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRedraw;
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
     * What is wrong with what is given of an image, and what to do.
     *
     * @param maxBytes most bytes of the tokens, of the picture or of the mask
     */
    static Optional<Refused> offence(@Nullable ImagePrefix prefix, @Nullable ImageRedraw redraw, int maxBytes) {
        if (redraw == null) {
            return prefix == null ? Optional.empty() : offence(prefix, maxBytes);
        }
        if (prefix == null || prefix.getPicture() == null) {
            return redraw("", "redraw says which parts of a picture are drawn again: give prefix.picture too.");
        }
        if (prefix.getRows() != null) {
            return offence(ROWS, "prefix.rows is %d beside redraw: leave one of them out.", prefix.getRows());
        }
        Optional<Refused> offence = prefix.getTokens() == null
                ? picture(prefix.getPicture(), maxBytes)
                : offence("", "prefix has both tokens and a picture: leave one of them out.");
        return offence.or(() -> offence(redraw, maxBytes));
    }

    private static Optional<Refused> offence(ImageRedraw redraw, int maxBytes) {
        ByteBuffer mask = redraw.getMask();
        Float strength = redraw.getStrength();
        if ((mask == null) == (strength == null)) {
            return redraw(
                    "",
                    "redraw has %s: give one of them.",
                    mask == null ? "neither a mask nor a strength" : "both a mask and a strength");
        }
        if (mask != null) {
            int bytes = mask.remaining();
            return bytes > 0 && bytes <= maxBytes
                    ? Optional.empty()
                    : redraw(
                            "/mask",
                            "redraw.mask has %d bytes, allowed is 1 to %d: give a PNG file, scaled down.",
                            bytes,
                            maxBytes);
        }
        return strength > 0 && strength < 1
                ? Optional.empty()
                : redraw("/strength", "redraw.strength is %s, allowed is above 0 and below 1.", strength);
    }

    private static Optional<Refused> offence(ImagePrefix prefix, int maxBytes) {
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
        return picture(picture, maxBytes).or(() -> rows(rows));
    }

    private static Optional<Refused> picture(ByteBuffer picture, int maxBytes) {
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
        return Optional.empty();
    }

    private static Optional<Refused> rows(@Nullable Integer rows) {
        if (rows == null) {
            return offence(ROWS, "prefix.rows is missing: say how many rows of the picture's tokens to keep.");
        }
        return rows < 1
                ? offence(ROWS, "prefix.rows is %d: keep at least 1 row of the picture's tokens.", rows)
                : Optional.empty();
    }

    private static Optional<Refused> offence(String field, String format, Object... values) {
        return refuse("/prefix" + field, format, values);
    }

    private static Optional<Refused> redraw(String field, String format, Object... values) {
        return refuse("/redraw" + field, format, values);
    }

    private static Optional<Refused> refuse(String pointer, String format, Object... values) {
        return Optional.of(new Refused(ErrorCode.INVALID_PREFIX, pointer, String.format(Locale.ROOT, format, values)));
    }
}
