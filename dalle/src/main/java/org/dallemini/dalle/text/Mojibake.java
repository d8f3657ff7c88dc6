package org.dallemini.dalle.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Undoes decoding with the wrong encoding: {@code sÃ³} was {@code só} in UTF-8, read as Latin-1. Several such mistakes
 * in a row are undone one by one.
 *
 * <p>What is tried, in which order, and when it is left alone is that of ftfy 6.3.1 ({@code fix_encoding}).
 */
final class Mojibake {
    private static final List<SingleByteEncoding> ENCODINGS = encodings();

    private Mojibake() {}

    static String repair(String text) {
        String before;
        String after = text;
        do {
            before = after;
            after = repairOnce(before);
        } while (!after.equals(before));
        return after;
    }

    /** The windows-1252 characters that were meant where C1 control characters stand. */
    static String replaceC1(String text) {
        StringBuilder replaced = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            replaced.append(isC1(c) ? SingleByteEncoding.WINDOWS_1252.decode(c) : c);
        }
        return replaced.toString();
    }

    private static String repairOnce(String text) {
        if (isAscii(text) || !Badness.isBad(text)) {
            return text;
        }
        for (SingleByteEncoding encoding : ENCODINGS) {
            Optional<String> meant = readAsUtf8(text, encoding);
            if (meant.isPresent()) {
                return meant.get();
            }
        }
        String pieces = Utf8Lookalikes.replaceAll(
                text, piece -> piece.length() < text.length() && Badness.isBad(piece) ? repair(piece) : piece);
        // What is left is control characters that stand for windows-1252, or a mix-up that cannot be told for certain.
        return pieces.equals(text) ? replaceC1(text) : pieces;
    }

    /** The text of the UTF-8 bytes that were wrongly decoded with this encoding, if that is what happened. */
    private static Optional<String> readAsUtf8(String text, SingleByteEncoding encoding) {
        byte[] encoded = encoding.encode(text);
        if (encoded == null) {
            return Optional.empty();
        }
        String bytes = SingleByteEncoding.asLatin1(encoded);
        if (encoding != SingleByteEncoding.MAC_ROMAN) { // there a dash and a space would look like a lost A0
            bytes = BrokenUtf8.restoreA0(bytes);
        }
        if (encoding.isSloppy()) {
            bytes = BrokenUtf8.replaceLossy(bytes);
        }
        return Optional.ofNullable(BrokenUtf8.decode(bytes));
    }

    private static boolean isC1(char c) {
        return c >= 0x80 && c <= 0x9F;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    /** In the order in which they are tried. */
    private static List<SingleByteEncoding> encodings() {
        List<SingleByteEncoding> all = new ArrayList<>(SingleByteEncoding.LATIN_LIKE);
        all.add(new SingleByteEncoding("ISO-8859-2", false));
        all.add(SingleByteEncoding.MAC_ROMAN);
        all.add(new SingleByteEncoding("IBM437", false));
        return List.copyOf(all);
    }
}
