package org.dallemini.training.vqgan;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.training.data.DataException;
import org.dallemini.training.data.Item;
import org.dallemini.training.data.Problems;

/** Reads pictures into arrays. */
final class PictureBatches {
    private static final float WHITE = 255;

    private final int size;
    private final Problems problems;

    /** @param size height and width in pixels that pictures are brought to */
    PictureBatches(int size, Problems problems) {
        this.size = size;
        this.problems = problems;
    }

    /**
     * Pictures [N, 3, size, size] of 0 to 1. For a damaged one, where such are skipped, stands another of them.
     *
     * @throws DataException if none can be used
     */
    NDArray of(List<Item> items, NDManager manager) throws IOException {
        List<RgbImage> images = new ArrayList<>();
        for (Item item : items) {
            try {
                images.add(item.image(size));
            } catch (Pictures.UnusableException e) {
                problems.tell(item.key() + ": " + e.getMessage());
            }
        }
        if (images.isEmpty()) {
            throw new DataException("none of these pictures can be used: "
                    + items.stream().map(Item::key).toList());
        }
        int values = 3 * size * size;
        float[] all = new float[items.size() * values];
        for (int i = 0; i < items.size(); i++) {
            put(images.get(i % images.size()).rgb(), all, i * values);
        }
        return manager.create(all, new Shape(items.size(), 3, size, size));
    }

    private static void put(byte[] rgb, float[] values, int start) {
        int area = rgb.length / 3;
        for (int pixel = 0; pixel < area; pixel++) {
            for (int colour = 0; colour < 3; colour++) {
                values[start + colour * area + pixel] = (rgb[3 * pixel + colour] & 0xFF) / WHITE;
            }
        }
    }

    /** One picture of [N, 3, size, size], clipped. */
    static BufferedImage picture(float[] values, int number, int size) {
        int area = size * size;
        BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < area; pixel++) {
            int rgb = 0;
            for (int colour = 0; colour < 3; colour++) {
                float value = values[(number * 3 + colour) * area + pixel];
                rgb = rgb << 8 | Math.round(WHITE * Math.max(0, Math.min(1, value)));
            }
            image.setRGB(pixel % size, pixel / size, rgb);
        }
        return image;
    }
}
