package org.dallemini.renditions;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.dallemini.dalle.vqgan.RgbImage;

/** JPEG files with an XMP packet (XMP part 3, 1.1.3: a segment APP1 behind the start of the image). */
final class JpegFile {
    private static final int START = 2;
    private static final byte[] APP1 = {(byte) 0xff, (byte) 0xe1};
    private static final byte[] SIGNATURE = "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.US_ASCII);

    /** Of a segment, its own length included. */
    private static final int MAX_SEGMENT = 0xffff;

    private JpegFile() {}

    /** @param xmp a packet that is too long for a segment (a prompt of tens of thousands of characters) is left out */
    static byte[] write(RgbImage image, int quality, String xmp) {
        byte[] plain = LossyWriter.write(image, FileFormat.JPEG, null, quality);
        byte[] packet = xmp.getBytes(StandardCharsets.UTF_8);
        int length = 2 + SIGNATURE.length + packet.length;
        if (packet.length == 0 || length > MAX_SEGMENT) {
            return plain;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length + length + 2);
        out.write(plain, 0, START);
        out.writeBytes(APP1);
        out.write(length >> 8);
        out.write(length);
        out.writeBytes(SIGNATURE);
        out.writeBytes(packet);
        out.write(plain, START, plain.length - START);
        return out.toByteArray();
    }
}
