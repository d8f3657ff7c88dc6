package org.dallemini.dalle.text;

import static java.util.regex.Pattern.UNIX_LINES;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** UTF-8 that lost bytes on its way or was never quite UTF-8. Bytes are held as Latin-1 text, one character a byte. */
final class BrokenUtf8 {
    /** Sequences that would be UTF-8 if a program had not made a plain space of byte A0; only likely characters. */
    private static final Pattern SPACE_FOR_A0 = Pattern.compile("[\u00C2\u00C3\u00C5\u00CE\u00D0\u00D9] "
            + "|[\u00E2\u00E3] [\u0080-\u0084\u0086-\u009F\u00A1-\u00BF]"
            + "|[\u00E0-\u00E3][\u0080-\u0084\u0086-\u009F\u00A1-\u00BF] "
            + "|\u00F0 [\u0080-\u00BF][\u0080-\u00BF]"
            + "|\u00F0[\u0080-\u00BF] [\u0080-\u00BF]"
            + "|\u00F0[\u0080-\u00BF][\u0080-\u00BF] ");

    /** A lone à: the space is a space of its own, but in four Portuguese words it is the lost byte only. */
    private static final Pattern LONE_A_GRAVE = Pattern.compile("\u00C3 (?! |quele|quela|quilo|s )");

    /** UTF-8 and CESU-8 sequences in which bytes were replaced by 1A, one of them perhaps by a question mark. */
    private static final Pattern LOSSY = Pattern.compile("[\u00C2-\u00DF]\u001A"
            + "|[\u00C2-\u00C3]\\?"
            + "|\u00ED[\u00A0-\u00AF][\u001A?]\u00ED[\u00B0-\u00BF][\u001A?\u0080-\u00BF]"
            + "|\u00ED[\u00A0-\u00AF][\u001A?\u0080-\u00BF]\u00ED[\u00B0-\u00BF][\u001A?]"
            + "|[\u00E0-\u00EF][\u001A?][\u001A\u0080-\u00BF]"
            + "|[\u00E0-\u00EF][\u001A\u0080-\u00BF][\u001A?]"
            + "|[\u00F0-\u00F4][\u001A?][\u001A\u0080-\u00BF][\u001A\u0080-\u00BF]"
            + "|[\u00F0-\u00F4][\u001A\u0080-\u00BF][\u001A?][\u001A\u0080-\u00BF]"
            + "|[\u00F0-\u00F4][\u001A\u0080-\u00BF][\u001A\u0080-\u00BF][\u001A?]"
            + "|\u001A");

    private static final String REPLACEMENT = SingleByteEncoding.asLatin1("\uFFFD".getBytes(StandardCharsets.UTF_8));

    // The $ of the original are kept: in Unix-lines mode they also match before a line feed at the end, as in Python.
    private static final String SURROGATE_PAIR = "\u00ED(?:[\u00A0-\u00AF]|$)(?:[\u0080-\u00BF]|$)"
            + "(?:\u00ED|$)(?:[\u00B0-\u00BF]|$)(?:[\u0080-\u00BF]|$)";
    private static final Pattern PAIR = Pattern.compile(SURROGATE_PAIR, UNIX_LINES);
    private static final Pattern VARIANT = Pattern.compile(
            "\u00C0(?:\u0080|$)|" + SURROGATE_PAIR + "|\u00ED(?:[\u00A0-\u00BF]|$)(?:[\u0080-\u00BF]|$)", UNIX_LINES);

    private BrokenUtf8() {}

    static String restoreA0(String bytes) {
        if (!SPACE_FOR_A0.matcher(bytes).find()) {
            return bytes;
        }
        String separated = LONE_A_GRAVE.matcher(bytes).replaceAll("\u00C3\u00A0 ");
        return SPACE_FOR_A0.matcher(separated).replaceAll(m -> m.group().replace(' ', '\u00A0'));
    }

    static String replaceLossy(String bytes) {
        return LOSSY.matcher(bytes).replaceAll(REPLACEMENT);
    }

    /** Decodes; null if the bytes are not UTF-8, also not with the variants of Java (C0 80) and CESU-8 (surrogates). */
    static @Nullable String decode(String bytes) {
        if (bytes.indexOf('\u00ED') < 0 && bytes.indexOf('\u00C0') < 0) {
            return decodeStrictly(bytes, 0, bytes.length());
        }
        StringBuilder text = new StringBuilder();
        Matcher variant = VARIANT.matcher(bytes);
        Matcher pair = PAIR.matcher(bytes);
        int position = 0;
        while (position < bytes.length() && variant.find(position)) {
            String plain = decodeStrictly(bytes, position, variant.start());
            position = variant.start();
            int left = bytes.length() - position;
            if (plain == null) {
                return null;
            }
            text.append(plain);
            if (bytes.charAt(position) == '\u00C0' && left > 1) {
                text.append('\0');
                position += 2;
            } else if (bytes.charAt(position) == '\u00ED'
                    && left >= 6
                    && pair.region(position, bytes.length()).lookingAt()) {
                text.appendCodePoint(codePoint(bytes, position));
                position += 6;
            } else {
                return null;
            }
        }
        String rest = decodeStrictly(bytes, position, bytes.length());
        return rest == null ? null : text.append(rest).toString();
    }

    /** The character of two surrogates of three bytes each: 11101101 1010abcd 10efghij 11101101 1011klmn 10opqrst. */
    private static int codePoint(String bytes, int at) {
        return 0x10000
                + ((bytes.charAt(at + 1) & 0x0F) << 16)
                + ((bytes.charAt(at + 2) & 0x3F) << 10)
                + ((bytes.charAt(at + 4) & 0x0F) << 6)
                + (bytes.charAt(at + 5) & 0x3F);
    }

    private static @Nullable String decodeStrictly(String bytes, int from, int to) {
        byte[] part = SingleByteEncoding.fromLatin1(bytes.substring(from, to));
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(part))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
