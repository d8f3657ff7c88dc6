package org.dallemini.filter;

import org.dallemini.dalle.vqgan.RgbImage;

/** Says what a picture shows. For any number of threads. */
public interface ImageClassifier extends AutoCloseable {
    /** As verdicts name it. */
    String name();

    /** @throws RuntimeException if the computation fails, for lack of memory for example, or this is closed */
    Scores classify(RgbImage image);

    /** Waits for what is being classified. */
    @Override
    void close();
}
