package org.dallemini.models;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.dallemini.images.vqgan.RgbImage;
import org.dallemini.model.ModelException;

/** Reads picture files for the VQGAN encoder. Transparent pixels are taken as lying on white. */
public final class Pictures {
    private Pictures() {}

    /**
     * Reads a picture as it is.
     *
     * @throws ModelException if it is missing or no picture that Java reads (PNG, JPEG, GIF, BMP)
     */
    public static BufferedImage read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "no such file");
        }
        BufferedImage picture;
        try {
            picture = ImageIO.read(file.toFile());
        } catch (IOException e) {
            throw new ModelException(file + " is a damaged picture: " + e.getMessage(), e);
        }
        if (picture == null) {
            throw new ModelException(file + " is neither PNG nor JPEG");
        }
        return picture;
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

    /** The pixels. */
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
