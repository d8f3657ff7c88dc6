package org.dallemini.renditions;

import org.dallemini.dalle.vqgan.RgbImage;

/** Makes images larger. Thread-safe; the same image gives the same result. */
public interface Upscaler {
    /**
     * Makes an image twice as large or more.
     *
     * @return by the same whole factor in both directions
     */
    RgbImage enlarge(RgbImage image);

    /** Name and version, for metadata. */
    String name();
}
