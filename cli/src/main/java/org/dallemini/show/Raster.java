package org.dallemini.show;

import java.awt.image.BufferedImage;
import org.dallemini.dalle.vqgan.Pictures;

/**
 * The pixels of a picture.
 *
 * @param rgb row by row from the top, 24 bits each
 */
record Raster(int width, int height, int... rgb) {
    private static final int BITS = 0xffffff;

    static Raster of(byte[] png) throws Pictures.UnusableException {
        BufferedImage picture = Pictures.read(png, Pictures.MAX_PIXELS);
        int width = picture.getWidth();
        int[] rgb = picture.getRGB(0, 0, width, picture.getHeight(), null, 0, width);
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] &= BITS;
        }
        return new Raster(width, picture.getHeight(), rgb);
    }

    int at(int x, int y) {
        return rgb[y * width + x];
    }

    /** Made smaller: each pixel is the mean of those that it stands for. */
    Raster smaller(int newWidth, int newHeight) {
        int[] means = new int[newWidth * newHeight];
        for (int y = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                means[y * newWidth + x] = mean(
                        x * width / newWidth, (x + 1) * width / newWidth,
                        y * height / newHeight, (y + 1) * height / newHeight);
            }
        }
        return new Raster(newWidth, newHeight, means);
    }

    private int mean(int left, int right, int top, int bottom) {
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                int pixel = at(x, y);
                red += pixel >> 16;
                green += pixel >> 8 & 255;
                blue += pixel & 255;
            }
        }
        int all = (right - left) * (bottom - top);
        int half = all / 2;
        return (red + half) / all << 16 | (green + half) / all << 8 | (blue + half) / all;
    }

    /** Made larger: each pixel becomes a square. */
    Raster larger(int factor) {
        int[] squares = new int[rgb.length * factor * factor];
        for (int i = 0; i < squares.length; i++) {
            int x = i % (width * factor);
            int y = i / (width * factor);
            squares[i] = at(x / factor, y / factor);
        }
        return new Raster(width * factor, height * factor, squares);
    }
}
