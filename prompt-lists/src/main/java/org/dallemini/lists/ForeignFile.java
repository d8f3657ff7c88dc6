package org.dallemini.lists;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files that are no lists of prompts, whatever their names and formats: known by their first bytes. */
final class ForeignFile {
    /** How much is looked at, in bytes. */
    static final int LENGTH = 4096;

    private static final String SHEET = "save the sheet as CSV (in Excel as \"CSV UTF-8\")";
    private static final String UNPACK = "unpack it first; only gzip is read as it is";
    private static final String LIST = "give the prompts as text, CSV or JSON lines";

    private static final List<Kind> KINDS = List.of(
            new Kind(0, "PK\u0003\u0004", "a zip archive, as Excel (.xlsx) and LibreOffice (.ods) write them", SHEET),
            new Kind(0, "PK\u0005\u0006", "an empty zip archive", LIST),
            new Kind(0, "\u00d0\u00cf\u0011\u00e0", "an old file of Excel or Word (.xls, .doc)", SHEET),
            new Kind(0, "%PDF-", "a PDF file", LIST),
            new Kind(0, "{\\rtf", "a rich text file (RTF)", "save it as plain text in UTF-8"),
            new Kind(0, "\u0089PNG", "a PNG picture", LIST),
            new Kind(0, "\u00ff\u00d8\u00ff", "a JPEG picture", LIST),
            new Kind(0, "GIF87a", "a GIF picture", LIST),
            new Kind(0, "GIF89a", "a GIF picture", LIST),
            new Kind(8, "WEBP", "a WebP picture", LIST),
            new Kind(0, "II*\u0000", "a TIFF picture", LIST),
            new Kind(0, "MM\u0000*", "a TIFF picture", LIST),
            new Kind(0, "\u001f\u008b", "compressed by gzip twice", "unpack it once"),
            new Kind(4, "1AY&SY", "compressed by bzip2", UNPACK),
            new Kind(0, "\u00fd7zXZ", "compressed by xz", UNPACK),
            new Kind(0, "(\u00b5/\u00fd", "compressed by Zstandard", UNPACK),
            new Kind(0, "\u0004\"M\u0018", "compressed by LZ4", UNPACK),
            new Kind(0, "7z\u00bc\u00af", "a 7z archive", UNPACK),
            new Kind(0, "Rar!\u001a", "a RAR archive", UNPACK),
            new Kind(257, "ustar", "a tar archive", UNPACK),
            new Kind(0, "PAR1\u0015", "a Parquet file", LIST),
            new Kind(0, "ARROW1\u0000", "an Arrow file", LIST),
            new Kind(0, "Obj\u0001", "an Avro file", LIST),
            new Kind(0, "SQLite format 3", "an SQLite database", LIST),
            new Kind(0, "version https://git-lfs", "a pointer of git-lfs in place of the file", "run 'git lfs pull'"));

    /** Pages that were saved, or sent, in place of the file. */
    private static final String MARKUP = "(?is)\\s*<(!doctype|html|head|\\?xml)\\b.*";

    /** So many control characters in the beginning, and a tenth of it, are in no text. */
    private static final int CONTROLS = 32;

    private ForeignFile() {}

    /**
     * A kind of file.
     *
     * @param at where its bytes are
     * @param bytes as ISO 8859-1
     * @param advice what to do
     */
    private record Kind(int at, String bytes, String what, String advice) {}

    /**
     * What a file is in place of a text in UTF-8, and what to do; null if nothing speaks against it.
     *
     * @param head the first bytes, uncompressed
     */
    static @Nullable String offence(byte[] head) {
        String encoding = Encoding.foreign(head);
        if (encoding != null) {
            return "it is no UTF-8: " + Encoding.ADVICE + "; it looks like " + encoding;
        }
        String bytes = new String(head, StandardCharsets.ISO_8859_1);
        for (Kind kind : KINDS) {
            if (bytes.startsWith(kind.bytes, kind.at)) {
                return "it is " + kind.what + ": " + kind.advice;
            }
        }
        if (bytes.matches(MARKUP)) {
            return "it is a page of HTML or XML: " + LIST;
        }
        long controls =
                bytes.chars().filter(c -> c < ' ' && (c < '\t' || c > '\r')).count();
        return controls >= CONTROLS && controls > head.length / 10 ? "it is no text but binary data: " + LIST : null;
    }
}
