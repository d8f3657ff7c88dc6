package org.dallemini.storage;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.dallemini.dalle.vqgan.Pictures.UnusableException;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageOutput;
import org.dallemini.renditions.FileFormat;
import org.dallemini.renditions.Fit;
import org.dallemini.renditions.RenderedImage;
import org.dallemini.renditions.Rendition;
import org.dallemini.renditions.Renditions;

/** Makes the second files that requests ask for. Thread-safe; a large one takes memory, so few are made at a time. */
final class OutputFiles {
    private final Renditions renditions;
    private final Semaphore room =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    OutputFiles(Renditions renditions) {
        this.renditions = renditions;
    }

    /**
     * What is asked for beside an image; empty if that is nothing, or the image as it was drawn.
     *
     * @throws InvalidOutputException if no image can be like that
     */
    static Optional<Rendition> wanted(GeneratedImage image) {
        ImageOutput output = image.getRequest().getOutput();
        if (output == null) {
            return Optional.empty();
        }
        Integer width = output.getWidth();
        Integer height = output.getHeight();
        try {
            Rendition wanted = new Rendition(
                    width == null || height == null ? null : new Rendition.Size(width, height),
                    switch (output.getFit()) {
                        case PAD -> Fit.PAD;
                        case CROP -> Fit.CROP;
                    },
                    switch (output.getFormat()) {
                        case PNG -> FileFormat.PNG;
                        case JPEG -> FileFormat.JPEG;
                        case WEBP -> FileFormat.WEBP;
                    },
                    output.getQuality());
            return Optional.of(wanted).filter(one -> !one.isOriginal(image.getWidth(), image.getHeight()));
        } catch (IllegalArgumentException e) {
            throw new InvalidOutputException("output: " + e.getMessage() + ".", e);
        }
    }

    /**
     * Makes a file.
     *
     * @param png of the image as it was drawn
     * @throws InvalidOutputException if that is no such file, or the size asks for too much
     */
    RenderedImage make(byte[] png, Rendition wanted) {
        room.acquireUninterruptibly();
        try {
            return renditions.render(png, wanted);
        } catch (UnusableException e) {
            throw new InvalidOutputException("output: " + e.getMessage() + ".", e);
        } finally {
            room.release();
        }
    }
}
