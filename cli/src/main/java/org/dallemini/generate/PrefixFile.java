package org.dallemini.generate;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.events.ImagePrefix;
import org.dallemini.models.PictureFile;
import org.dallemini.models.TokenFile;
import org.jspecify.annotations.Nullable;

/**
 * What images shall begin with, as a file says it.
 *
 * @param file for messages
 * @param prefix for the prompts
 * @param vqgan revision of the VQGAN whose codebook the tokens number; null for a picture, or if the file does not say
 */
public record PrefixFile(
        Path file, ImagePrefix prefix, @Nullable String vqgan) {
    /** More than the parts of a PNG file that are not pixels take. */
    private static final int PNG_OVERHEAD = 4096;

    /**
     * Reads a picture, or what {@code tokens encode} prints as JSON. A picture that is too large for an event is cut
     * and scaled as the pipeline would do it, to the largest square that is certain to fit.
     *
     * @param rows of tokens to keep
     * @param maxBytes of the prefix
     * @throws ModelException if the file is neither, or has fewer rows
     */
    public static PrefixFile read(Path file, int rows, int maxBytes) throws IOException {
        if (rows < 1) {
            throw new ModelException("Cannot keep " + rows + " rows of " + file + ": give --prefix-rows 1 or more");
        }
        byte[] bytes = PictureFile.bytes(file);
        if (isJson(bytes)) {
            TokenFile tokens = TokenFile.parse(bytes, file.toString());
            return new PrefixFile(file, new ImagePrefix(firstRows(tokens, rows, file), null, null), tokens.revision());
        }
        ByteBuffer picture = ByteBuffer.wrap(fitting(bytes, PictureFile.read(bytes, file), maxBytes));
        return new PrefixFile(file, new ImagePrefix(null, picture, rows), null);
    }

    /** A picture file begins with other bytes. */
    private static boolean isJson(byte... bytes) {
        int first = 0;
        while (first < bytes.length && Character.isWhitespace(bytes[first])) {
            first++;
        }
        return first < bytes.length && bytes[first] == '{';
    }

    private static ByteBuffer firstRows(TokenFile tokens, int rows, Path file) {
        long wanted = (long) rows * tokens.columns();
        if (tokens.columns() < 1 || wanted > tokens.tokens().length) {
            throw new ModelException(file + " has " + tokens.tokens().length + " tokens in rows of " + tokens.columns()
                    + ": there are no " + rows + " rows to keep");
        }
        int[] kept = Arrays.copyOf(tokens.tokens(), (int) wanted);
        return ByteBuffer.wrap(
                new TokenFile(tokens.model(), tokens.revision(), rows, tokens.columns(), kept).toBytes());
    }

    private static byte[] fitting(byte[] file, BufferedImage picture, int maxBytes) {
        long pixels = (long) picture.getWidth() * picture.getHeight();
        if (file.length <= maxBytes && pixels <= Pictures.MAX_PIXELS) {
            return file;
        }
        int side = Math.min(picture.getWidth(), picture.getHeight());
        int most = (int) Math.sqrt((maxBytes - PNG_OVERHEAD) / 3.0); // pixels of three bytes that do not compress
        RgbImage image = Pictures.pixels(Pictures.square(picture, Math.min(side, most)));
        return PngWriter.write(image, List.of());
    }

    /**
     * Checks that the tokens number the codebook of a model.
     *
     * @param revision of the model's VQGAN
     * @throws ModelException if they are another's
     */
    public void requireFits(String revision) {
        if (vqgan != null && !vqgan.equals(revision)) {
            throw new ModelException(file + " was made with another VQGAN, revision " + vqgan + ", than the model's, "
                    + revision + ": encode the picture again with this model");
        }
    }
}
