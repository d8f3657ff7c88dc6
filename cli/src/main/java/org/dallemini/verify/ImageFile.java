package org.dallemini.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dallemini.dalle.png.PngText;
import org.dallemini.dalle.png.PngTexts;
import org.dallemini.dalle.png.Provenance;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.renditions.Renditions;
import org.dallemini.schemas.Hashes;

/**
 * A PNG file and what it says of itself.
 *
 * @param sha256 of the file, hexadecimal
 * @param provenance how it was drawn; empty if it does not say
 * @param rendition what was made of the image that was drawn; empty if the file is that image
 * @param isMarkedAsGenerated whether it has IPTC's marking of works of generative AI
 */
public record ImageFile(
        Path path,
        byte[] bytes,
        RgbImage pixels,
        String sha256,
        Optional<Provenance> provenance,
        Optional<String> rendition,
        boolean isMarkedAsGenerated) {
    private static final long MAX_BYTES = 64 << 20, MAX_PIXELS = 1L << 26;

    /** The SHA-256 of a file, hexadecimal. */
    public static String hash(Path path) throws IOException {
        return Hashes.hex(Files.readAllBytes(path));
    }

    /** @throws IOException naming the file, if it is no PNG file that can be read */
    public static ImageFile read(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IOException(path + " is no file");
        }
        if (Files.size(path) > MAX_BYTES) {
            throw new IOException(path + " has more than " + (MAX_BYTES >> 20) + " MiB");
        }
        byte[] bytes = Files.readAllBytes(path);
        try {
            List<PngText> texts = PngTexts.read(bytes);
            return new ImageFile(
                    path,
                    bytes,
                    Pictures.pixels(Pictures.read(bytes, MAX_PIXELS)),
                    Hashes.hex(bytes),
                    Provenance.of(texts),
                    PngTexts.find(texts, Renditions.KEYWORD),
                    Provenance.marks(texts));
        } catch (IOException | Pictures.UnusableException e) {
            throw new IOException(path + " is no PNG file that can be read: " + e.getMessage(), e);
        }
    }
}
