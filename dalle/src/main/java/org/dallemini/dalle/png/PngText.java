package org.dallemini.dalle.png;

/**
 * A text inside a PNG file.
 *
 * @param keyword 1 to 79 printable ASCII characters without spaces at the ends, for example {@code Description}; the
 *     PNG specification registers some in its chapter 11.3.3.2
 * @param text anything; what PNG cannot hold is replaced, see {@link #clean}
 */
public record PngText(String keyword, String text) {
    private static final int MAX_KEYWORD = 79;

    public PngText {
        if (!keyword.matches("[!-~]([ -~]{0," + (MAX_KEYWORD - 2) + "}[!-~])?") || keyword.contains("  ")) {
            throw new IllegalArgumentException("\"" + keyword + "\" is no PNG keyword: use 1 to " + MAX_KEYWORD
                    + " printable ASCII characters without leading, trailing or double spaces");
        }
        text = clean(text);
    }

    /**
     * The text as both PNG and XML can hold it: line ends become line feeds; control characters, unpaired surrogates
     * and what Unicode calls noncharacters become U+FFFD, the replacement character.
     */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.replace("\r\n", "\n")
                .replace('\r', '\n')
                .codePoints()
                .map(c -> isAllowed(c) ? c : 0xFFFD)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static boolean isAllowed(int c) {
        boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
        boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        boolean nonCharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
        return !control && !surrogate && !nonCharacter;
    }

    boolean isAscii() {
        return text.chars().allMatch(c -> c < 0x80);
    }
}
