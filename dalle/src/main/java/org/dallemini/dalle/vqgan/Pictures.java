package org.dallemini.dalle.vqgan;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Reads picture files for the VQGAN encoder. Transparent pixels are taken as lying on white. */
public final class Pictures {
    /** Most pixels that the pipeline reads: 64 times those of the published models' images. */
    public static final long MAX_PIXELS = 2048 * 2048;

    private static final Set<String> FORMATS = Set.of("png", "JPEG"); // as the JDK's readers call them

    /** Alpha from which on a pixel counts as opaque. */
    private static final int OPAQUE = 128;

    private Pictures() {}

    /** Bytes that are no picture that can be used. The message says why, for people. */
    public static final class UnusableException extends Exception {
        public UnusableException(String message) {
            super(message);
        }

        private UnusableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Reads a picture as it is.
     *
     * @param file content of a PNG or JPEG file
     * @param maxPixels most pixels, width times height: a small file can say that it has billions, so that is looked at
     *     before anything is decoded
     * @throws UnusableException if it is neither PNG nor JPEG, damaged or too large
     */
    public static BufferedImage read(byte[] file, long maxPixels) throws UnusableException {
        ImageReader reader = null;
        try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader = reader(stream);
            reader.setInput(stream, true, true); // texts inside the file are skipped: they may be bombs too
            long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            if (pixels > maxPixels) {
                throw new UnusableException("the picture has " + reader.getWidth(0) + " x " + reader.getHeight(0)
                        + " pixels, more than the " + maxPixels + " that are read; scale it down");
            }
            List<String> warnings = new ArrayList<>();
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            BufferedImage picture = reader.read(0);
            if (warnings.stream().anyMatch(Pictures::isCutOff)) {
                throw new UnusableException("the picture is cut off; copy it again");
            }
            return picture;
        } catch (IOException | RuntimeException e) { // readers throw anything at bytes that are not as they should be
            throw new UnusableException("the picture is damaged: " + e.getMessage(), e);
        } finally {
            if (reader != null) {
                reader.dispose();
            }
        }
    }

    private static ImageReader reader(ImageInputStream stream) throws IOException, UnusableException {
        for (Iterator<ImageReader> all = ImageIO.getImageReaders(stream); all.hasNext(); ) {
            ImageReader reader = all.next();
            if (FORMATS.contains(reader.getFormatName())) {
                return reader;
            }
        }
        throw new UnusableException("the picture is neither PNG nor JPEG");
    }

    /** What libjpeg says when it fills up with grey what is missing. */
    private static boolean isCutOff(String warning) {
        return warning.toLowerCase(Locale.ROOT).contains("premature end");
    }

    /** The middle of the picture, as large as it can be cut as a square, scaled to size x size. */
    public static BufferedImage square(BufferedImage picture, int size) {
        int side = Math.min(picture.getWidth(), picture.getHeight());
        BufferedImage image =
                picture.getSubimage((picture.getWidth() - side) / 2, (picture.getHeight() - side) / 2, side, side);
        while (side / 2 >= size) { // bilinear halves are averages of all pixels; a single large step would skip some
            side /= 2;
            image = scaled(image, side, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        }
        return side == size ? image : scaled(image, size, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    }

    /** Whether a pixel is more transparent than opaque. */
    public static boolean isTransparent(BufferedImage picture, int x, int y) {
        return picture.getRGB(x, y) >>> 24 < OPAQUE;
    }

    /**
     * Where the middle of a picture, cut out as by {@link #square}, is transparent.
     *
     * @param cells of a row, and of a column
     * @return row by row whether the cell has a transparent pixel
     */
    public static boolean[] transparentCells(BufferedImage picture, int cells) {
        int side = Math.min(picture.getWidth(), picture.getHeight());
        int left = (picture.getWidth() - side) / 2;
        int top = (picture.getHeight() - side) / 2;
        boolean[] transparent = new boolean[cells * cells];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                if (isTransparent(picture, left + x, top + y)) {
                    long row = (long) y * cells / side;
                    transparent[(int) (row * cells + (long) x * cells / side)] = true;
                }
            }
        }
        return transparent;
    }

    public static RgbImage pixels(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        int[] argb = onWhite(picture).getRGB(0, 0, width, height, null, 0, width);
        byte[] rgb = new byte[3 * argb.length];
        for (int i = 0; i < argb.length; i++) {
            rgb[3 * i] = (byte) (argb[i] >> 16);
            rgb[3 * i + 1] = (byte) (argb[i] >> 8);
            rgb[3 * i + 2] = (byte) argb[i];
        }
        return new RgbImage(width, height, rgb);
    }

    /** The same pixels, to be drawn. */
    public static BufferedImage picture(RgbImage image) {
        var picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = image.rgb();
        for (int i = 0; i < rgb.length / 3; i++) {
            int value = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | rgb[3 * i + 2] & 0xff;
            picture.setRGB(i % image.width(), i / image.width(), value);
        }
        return picture;
    }

    private static BufferedImage onWhite(BufferedImage picture) {
        var rgb = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = rgb.createGraphics();
        graphics.drawImage(picture, 0, 0, Color.WHITE, null);
        graphics.dispose();
        return rgb;
    }

    private static BufferedImage scaled(BufferedImage square, int side, Object interpolation) {
        BufferedImage source = onWhite(square);
        var target = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = target.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, interpolation);
        graphics.drawImage(source, 0, 0, side, side, null);
        graphics.dispose();
        return target;
    }
}
