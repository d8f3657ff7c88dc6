package org.dallemini.dalle.vqgan;

/**
 * An image in memory.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb height * width * 3 bytes: red, green and blue, 0 to 255, row by row from the top left
 */
public record RgbImage(int width, int height, byte[] rgb) {
    public RgbImage {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    rgb.length + " bytes are not the RGB pixels of an image of " + width + " x " + height);
        }
    }
}
