package org.dallemini.training.data;

import java.io.IOException;
import java.util.List;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;

/**
 * A picture with captions.
 *
 * @param key names it within its data set
 * @param captions in any number
 * @param split that the data set puts it into ("train", "validation"), or empty
 * @param concept what is to be seen, if the data set says so and it is a single thing on white, else empty
 * @param weight how often it is to be seen in an epoch; 1 for most
 * @param content reads the picture file
 */
public record Item(String key, List<String> captions, String split, String concept, double weight, Content content) {
    /**
     * The middle of the picture, scaled to size x size.
     *
     * @throws Pictures.UnusableException if it is damaged, or no picture
     */
    public RgbImage image(int size) throws IOException, Pictures.UnusableException {
        return Pictures.pixels(Pictures.square(Pictures.read(content.read(), Pictures.MAX_PIXELS), size));
    }

    /** Reads a picture file; may be called by several threads. */
    @FunctionalInterface
    public interface Content {
        byte[] read() throws IOException;
    }
}
