package org.dallemini.ingest.openai;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.dallemini.dalle.png.PngTexts;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.png.Provenance;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.Pictures.UnusableException;
import org.dallemini.events.ImagePrefix;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.stage.ErrorCode;

/** A picture that somebody sends, made as small as the model draws: it sees no more, and records of Kafka are small. */
final class GivenPicture {
    private final byte[] file;
    private final BufferedImage picture;
    private final int side;

    private GivenPicture(byte[] file, BufferedImage picture, int side) {
        this.file = file;
        this.picture = picture;
        this.side = side;
    }

    /**
     * Reads a picture.
     *
     * @param field that it came in
     * @param file PNG or JPEG
     * @param side of the model's images, in pixels
     */
    static GivenPicture read(String field, byte[] file, int side) throws RefusedRequestException {
        try {
            return new GivenPicture(file, Pictures.read(file, Pictures.MAX_PIXELS), side);
        } catch (UnusableException e) {
            throw new RefusedRequestException(Problem.at(
                    "/" + field,
                    ErrorCode.INVALID_PARAMETER.code(),
                    field + " cannot be used: " + e.getMessage() + "."));
        }
    }

    /** The middle as a square, as the token generator would cut it. */
    ImagePrefix prefix() {
        byte[] png = PngWriter.write(Pictures.pixels(Pictures.square(picture, side)), List.of());
        return new ImagePrefix(null, ByteBuffer.wrap(png), null);
    }

    boolean hasTransparency() {
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                if (Pictures.isTransparent(picture, x, y)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What is transparent: a pixel of the mask is if one of those is that it stands for. */
    ByteBuffer mask() {
        int size = Math.min(side, Math.min(picture.getWidth(), picture.getHeight()));
        boolean[] transparent = Pictures.transparentCells(picture, size);
        BufferedImage mask = new BufferedImage(size, size, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < transparent.length; i++) {
            mask.setRGB(i % size, i / size, transparent[i] ? 0 : 0xff000000);
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(mask, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return ByteBuffer.wrap(png.toByteArray());
    }

    /** The prompt that it was drawn from, if the pipeline drew it and its file says so. */
    Optional<String> prompt() {
        try {
            return Provenance.of(PngTexts.read(file)).map(Provenance::prompt);
        } catch (IOException e) {
            return Optional.empty(); // a JPEG file
        }
    }
}
