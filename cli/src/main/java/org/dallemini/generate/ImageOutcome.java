package org.dallemini.generate;

import org.dallemini.events.StoredImage;

/** What became of an image, or of a prompt as a whole. */
sealed interface ImageOutcome {

    /** The image lies in the object store. */
    record Stored(StoredImage image) implements ImageOutcome {}

    /**
     * A stage dead-lettered it.
     *
     * @param id of the image, or of the prompt where no image came of it
     * @param code the stable error code, for example {@code text-too-long}
     */
    record Failed(String id, String code, String message) implements ImageOutcome {}
}
