package org.dallemini.dalle.text;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An encoding with one byte a character, as text is wrongly decoded with it in the wild.
 *
 * <p>The sloppy ones follow what programs do rather than the standard: a byte without a character means the Latin-1
 * character of that number, and byte 0x1A stands for U+FFFD, a character that was already lost.
 */
final class SingleByteEncoding {
    static final SingleByteEncoding LATIN_1 = new SingleByteEncoding("ISO-8859-1", false);
    static final SingleByteEncoding WINDOWS_1252 = new SingleByteEncoding("windows-1252", true);
    static final SingleByteEncoding MAC_ROMAN = new SingleByteEncoding("x-MacRoman", false);

    /** Encodings whose upper half holds letters, so that broken UTF-8 looks like words in them. */
    static final List<SingleByteEncoding> LATIN_LIKE = List.of(
            LATIN_1,
            WINDOWS_1252,
            new SingleByteEncoding("windows-1251", true),
            new SingleByteEncoding("windows-1250", true),
            new SingleByteEncoding("windows-1253", true),
            new SingleByteEncoding("windows-1254", true),
            new SingleByteEncoding("windows-1257", true));

    static final byte SUBSTITUTE = 0x1A;

    private final boolean sloppy;
    private final char[] characters = new char[256];
    private final Map<Character, Byte> bytes = new HashMap<>();

    SingleByteEncoding(String charset, boolean sloppy) {
        this.sloppy = sloppy;
        byte[] all = new byte[256];
        for (int i = 0; i < 256; i++) {
            all[i] = (byte) i;
        }
        String decoded = new String(all, Charset.forName(charset));
        for (int i = 0; i < 256; i++) {
            char character = decoded.charAt(i);
            if (sloppy && i == SUBSTITUTE) {
                character = '\uFFFD';
            } else if (sloppy && character == '\uFFFD') {
                character = (char) i;
            }
            characters[i] = character;
            bytes.put(character, (byte) i);
        }
    }

    boolean isSloppy() {
        return sloppy;
    }

    /** The character of a byte, 0 to 255. */
    char decode(int unsignedByte) {
        return characters[unsignedByte];
    }

    /** The bytes that were wrongly decoded to this text; null if it holds a character that this encoding lacks. */
    byte @Nullable [] encode(String text) {
        byte[] encoded = new byte[text.length()];
        for (int i = 0; i < encoded.length; i++) {
            Byte value = bytes.get(text.charAt(i));
            if (value == null) {
                return null;
            }
            encoded[i] = value;
        }
        return encoded;
    }

    /** Bytes as text of the same numbers, so that patterns can search them. */
    static String asLatin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The reverse of {@link #asLatin1}. */
    static byte[] fromLatin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
