package org.dallemini.show;

import java.awt.image.BufferedImage;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Draws what sixels say, as DEC's manual of the VT330 and VT340 has them. */
final class SixelDecoder {
    private static final Pattern WHOLE =
            Pattern.compile("\u001bP0;1q\"1;1;([0-9]+);([0-9]+)(.*)\u001b\\\\\n", Pattern.DOTALL);
    private static final Pattern PART =
            Pattern.compile("#([0-9]+);2;([0-9]+);([0-9]+);([0-9]+)|#([0-9]+)|!([0-9]+)(.)|[?-~]|\\$|-");

    private SixelDecoder() {}

    static BufferedImage decode(String text) {
        Matcher whole = WHOLE.matcher(text);
        if (!whole.matches()) {
            throw new AssertionError("no sixels: " + text.substring(0, Math.min(40, text.length())));
        }
        var picture = new BufferedImage(
                Integer.parseInt(whole.group(1)), Integer.parseInt(whole.group(2)), BufferedImage.TYPE_INT_RGB);
        Map<Integer, Integer> registers = new HashMap<>();
        int colour = 0;
        int x = 0;
        int top = 0;
        int end = 0;
        Matcher part = PART.matcher(whole.group(3));
        while (part.find()) {
            if (part.start() != end) {
                throw new AssertionError("unknown: " + whole.group(3).substring(end, part.start()));
            }
            end = part.end();
            if (part.group(1) != null) {
                registers.put(
                        Integer.parseInt(part.group(1)),
                        level(part.group(2)) << 16 | level(part.group(3)) << 8 | level(part.group(4)));
            } else if (part.group(5) != null) {
                colour = Objects.requireNonNull(registers.get(Integer.parseInt(part.group(5))));
            } else if (part.group().equals("$")) {
                x = 0;
            } else if (part.group().equals("-")) {
                x = 0;
                top += 6;
            } else {
                int times = part.group(6) == null ? 1 : Integer.parseInt(part.group(6));
                int bits = part.group().charAt(part.group().length() - 1) - '?';
                for (int i = 0; i < times; i++, x++) {
                    for (int y = 0; y < 6; y++) {
                        if ((bits >> y & 1) == 1) {
                            picture.setRGB(x, top + y, colour);
                        }
                    }
                }
            }
        }
        if (registers.size() > 256 || end != whole.group(3).length()) {
            throw new AssertionError("too many colours, or something behind the last sixel");
        }
        return picture;
    }

    private static int level(String percent) {
        return Math.round(Integer.parseInt(percent) * 255 / 100f);
    }
}
