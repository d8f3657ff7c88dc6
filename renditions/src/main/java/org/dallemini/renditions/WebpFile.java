package org.dallemini.renditions;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.dallemini.dalle.vqgan.RgbImage;

/** WebP files with an XMP packet (RFC 9649, 2.7: the extended format, with a chunk VP8X first). */
final class WebpFile {
    private static final int RIFF_HEADER = 12, CHUNK_HEADER = 8, VP8X_LENGTH = 10;
    private static final byte HAS_XMP = 0b100;

    private WebpFile() {}

    static byte[] write(RgbImage image, int quality, String xmp) {
        byte[] plain = LossyWriter.write(image, FileFormat.WEBP, "Lossy", quality);
        return xmp.isEmpty() ? plain : extended(plain, image, xmp.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] extended(byte[] plain, RgbImage image, byte[] packet) {
        ByteBuffer source = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
        source.position(RIFF_HEADER);
        ByteArrayOutputStream chunks = new ByteArrayOutputStream(plain.length + packet.length);
        chunk(chunks, "VP8X", features(image));
        while (source.remaining() >= CHUNK_HEADER) {
            byte[] name = new byte[4];
            source.get(name);
            byte[] data = new byte[source.getInt()];
            source.get(data);
            source.position(Math.min(source.limit(), source.position() + data.length % 2));
            String type = new String(name, StandardCharsets.US_ASCII);
            if (!type.equals("VP8X")) {
                chunk(chunks, type, data);
            }
        }
        chunk(chunks, "XMP ", packet);
        ByteBuffer header = ByteBuffer.allocate(RIFF_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.put("RIFF".getBytes(StandardCharsets.US_ASCII));
        header.putInt(chunks.size() + 4);
        header.put("WEBP".getBytes(StandardCharsets.US_ASCII));
        ByteArrayOutputStream file = new ByteArrayOutputStream(RIFF_HEADER + chunks.size());
        file.writeBytes(header.array());
        file.writeBytes(chunks.toByteArray());
        return file.toByteArray();
    }

    /** Flags, and width and height less one in 24 bits each. */
    private static byte[] features(RgbImage image) {
        ByteBuffer data = ByteBuffer.allocate(VP8X_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(HAS_XMP);
        put24(data, image.width() - 1);
        put24(data, image.height() - 1);
        return data.array();
    }

    private static void put24(ByteBuffer data, int value) {
        data.putShort((short) value).put((byte) (value >> 16));
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
        ByteBuffer header = ByteBuffer.allocate(CHUNK_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.put(type.getBytes(StandardCharsets.US_ASCII)).putInt(data.length);
        out.writeBytes(header.array());
        out.writeBytes(data);
        if (data.length % 2 == 1) {
            out.write(0);
        }
    }
}
