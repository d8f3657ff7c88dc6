package org.dallemini.lists;

import org.jspecify.annotations.Nullable;

/** Encodings of text that are not UTF-8 and that the first bytes of a file give away. */
final class Encoding {
    /** What to do about all that is no UTF-8. */
    static final String ADVICE =
            "save it in that encoding (in Excel as \"CSV UTF-8\", in PowerShell with -Encoding utf8)";

    /** Of a text in ASCII, even one with some other characters. */
    private static final double MAX_ZEROS = 0.7;

    private Encoding() {}

    /** By the byte order mark, or by the zero bytes beside those of ASCII; null if nothing speaks against UTF-8. */
    static @Nullable String foreign(byte[] head) {
        if (begins(head, 0xff, 0xfe, 0, 0) || begins(head, 0, 0, 0xfe, 0xff)) {
            return "UTF-32";
        }
        if (begins(head, 0xff, 0xfe) || begins(head, 0xfe, 0xff)) {
            return "UTF-16";
        }
        int length = head.length;
        int[] zeros = new int[4];
        for (int i = 0; i < length; i++) {
            if (head[i] == 0) {
                zeros[i % 4]++;
            }
        }
        double quads = Math.max(1, length / 4);
        if (length >= 8 && (isText(zeros, quads, 1, 2, 3) || isText(zeros, quads, 0, 1, 2))) {
            return "UTF-32";
        }
        if (length >= 4 && (isText(zeros, quads, 1, 3) || isText(zeros, quads, 0, 2))) {
            return "UTF-16";
        }
        return null;
    }

    /** Whether most are zero in the given places of four, and none in the others. */
    private static boolean isText(int[] zeros, double quads, int... places) {
        int sum = 0;
        for (int zero : zeros) {
            sum += zero;
        }
        for (int place : places) {
            if (zeros[place] < MAX_ZEROS * quads) {
                return false;
            }
            sum -= zeros[place];
        }
        return sum == 0;
    }

    private static boolean begins(byte[] head, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (i >= head.length || (head[i] & 255) != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
