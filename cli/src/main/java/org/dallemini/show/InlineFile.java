package org.dallemini.show;

import java.util.Base64;

/** Protocols by which a terminal gets the file itself. */
final class InlineFile {
    private static final String ESCAPE = "\u001b";

    /** Most characters of a part of kitty's protocol. */
    static final int PART = 4096;

    /** As wide as pictures are shown, unless the terminal is narrower: large enough to see something of 64 pixels. */
    static final int COLUMNS = 32;

    private InlineFile() {}

    /** {@code a=T}: send and show; {@code f=100}: a PNG file; {@code q=2}: no answer, which nobody would read. */
    static String kitty(byte[] png, int columns) {
        String content = Base64.getEncoder().encodeToString(png);
        var text = new StringBuilder();
        for (int from = 0; from < content.length(); from += PART) {
            int to = Math.min(content.length(), from + PART);
            String first = from == 0 ? "a=T,f=100,q=2,c=" + Math.min(columns, COLUMNS) + "," : "";
            text.append(ESCAPE)
                    .append("_G")
                    .append(first)
                    .append("m=")
                    .append(to < content.length() ? 1 : 0)
                    .append(';')
                    .append(content, from, to)
                    .append(ESCAPE)
                    .append('\\');
        }
        return text.append('\n').toString();
    }

    static String iterm2(byte[] png, int columns) {
        return ESCAPE + "]1337;File=inline=1;size=" + png.length + ";width=" + Math.min(columns, COLUMNS)
                + ";preserveAspectRatio=1:" + Base64.getEncoder().encodeToString(png) + "\u0007\n";
    }
}
