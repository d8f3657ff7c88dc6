package org.dallemini.training.data;

import java.io.IOException;
import java.util.List;

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
    /** Reads a picture file; may be called by several threads. */
    @FunctionalInterface
    public interface Content {
        byte[] read() throws IOException;
    }
}
