package org.dallemini.models;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.vqgan.Pictures;

/** Reads pictures of the user's own. */
public final class PictureFile {
    /** As large as the largest cameras' pictures; one of them takes some 400 MB. */
    private static final long MAX_PIXELS = 120_000_000;

    private PictureFile() {}

    /** @throws NoSuchFileException if there is none */
    public static byte[] bytes(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "no such file");
        }
        return Files.readAllBytes(file);
    }

    /**
     * Reads a picture as it is.
     *
     * @param bytes content of the file
     * @param file where it comes from, for messages
     * @throws ModelException if it is no PNG or JPEG that can be read
     */
    public static BufferedImage read(byte[] bytes, Path file) {
        try {
            return Pictures.read(bytes, MAX_PIXELS);
        } catch (Pictures.UnusableException e) {
            throw new ModelException(file + ": " + e.getMessage(), e);
        }
    }
}
