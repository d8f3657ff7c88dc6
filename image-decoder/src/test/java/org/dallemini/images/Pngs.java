package org.dallemini.images;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.imageio.ImageIO;

/** Reads PNG files with the JDK's own reader. */
final class Pngs {
    private Pngs() {}

    /** Red, green, blue, 0 to 255, row by row. */
    static int[] rgb(ByteBuffer png) {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes(png)));
            int[] levels = new int[3 * image.getWidth() * image.getHeight()];
            for (int i = 0; i < levels.length; i++) {
                int pixel = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
                levels[i] = pixel >> (16 - 8 * (i % 3)) & 0xFF;
            }
            return levels;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String sha256(ByteBuffer png) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(png)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(ByteBuffer png) {
        byte[] bytes = new byte[png.remaining()];
        png.duplicate().get(bytes);
        return bytes;
    }
}
