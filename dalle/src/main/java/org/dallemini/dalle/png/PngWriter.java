package org.dallemini.dalle.png;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.dallemini.dalle.vqgan.RgbImage;

/**
 * Writes PNG files (ISO/IEC 15948, W3C PNG third edition) of 8-bit RGB pixels. The bytes depend on the arguments alone:
 * no time, no random number (and on the zlib that the JDK was built with).
 *
 * <p>Not the JDK's ImageIO, which writes texts only through a tree of DOM nodes and chooses its filters and chunks as
 * the JDK's version likes.
 */
public final class PngWriter {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final byte BIT_DEPTH = 8, COLOUR_TYPE_RGB = 2, DEFLATE = 0, ADAPTIVE_FILTER = 0, NO_INTERLACE = 0;
    private static final byte PERCEPTUAL = 0;

    /** Searches for a third of the time of zlib's default, 6; filtered rows get about as small. */
    private static final int LEVEL = 4;

    private static final String XMP = "XML:com.adobe.xmp";

    private PngWriter() {}

    /**
     * A PNG file.
     *
     * @param texts in the order in which they are written, before the pixels
     */
    public static byte[] write(RgbImage image, List<PngText> texts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(image.rgb().length);
        out.writeBytes(SIGNATURE);
        ByteBuffer header = ByteBuffer.allocate(13).putInt(image.width()).putInt(image.height());
        header.put(BIT_DEPTH)
                .put(COLOUR_TYPE_RGB)
                .put(DEFLATE)
                .put(ADAPTIVE_FILTER)
                .put(NO_INTERLACE);
        chunk(out, "IHDR", header.array());
        chunk(out, "sRGB", new byte[] {PERCEPTUAL});
        for (PngText text : texts) {
            writeText(out, text);
        }
        chunk(out, "IDAT", deflate(RowFilter.filter(image.rgb(), 3 * image.width(), 3)));
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    /** ASCII goes into the old tEXt chunk, which every tool reads; other text, and XMP by its rules, into iTXt. */
    private static void writeText(ByteArrayOutputStream out, PngText text) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(text.keyword().getBytes(StandardCharsets.US_ASCII));
        data.write(0);
        boolean plain = text.isAscii() && !text.keyword().equals(XMP);
        if (!plain) {
            data.writeBytes(new byte[4]); // not compressed (2 bytes), no language, no translated keyword
        }
        data.writeBytes(text.text().getBytes(StandardCharsets.UTF_8));
        chunk(out, plain ? "tEXt" : "iTXt", data.toByteArray());
    }

    /**
     * Repeated strings are looked for only where they are worth it: in the grain of photographs that takes most of the
     * time and makes the file larger. An eighth of the rows, in the middle, tells.
     */
    private static byte[] deflate(byte[] rows) {
        int part = rows.length / 8;
        int start = (rows.length - part) / 2;
        byte[] codes = deflate(rows, start, part, Deflater.HUFFMAN_ONLY);
        byte[] strings = deflate(rows, start, part, Deflater.FILTERED);
        boolean isGrain = codes.length < strings.length;
        return deflate(rows, 0, rows.length, isGrain ? Deflater.HUFFMAN_ONLY : Deflater.FILTERED);
    }

    private static byte[] deflate(byte[] rows, int start, int length, int strategy) {
        Deflater deflater = new Deflater(LEVEL);
        try {
            deflater.setStrategy(strategy);
            deflater.setInput(rows, start, length);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(length / 2);
            byte[] buffer = new byte[1 << 14];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        out.writeBytes(name);
        out.writeBytes(data);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
