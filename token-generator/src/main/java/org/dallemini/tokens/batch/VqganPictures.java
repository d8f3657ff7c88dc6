package org.dallemini.tokens.batch;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.dalle.vqgan.VqganEncoder;
import org.dallemini.filter.Door;
import org.dallemini.filter.ImageFilter;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.jspecify.annotations.Nullable;

/**
 * Judges pictures, and encodes them with the model's VQGAN, which is opened when the first one comes: most have no
 * picture to read.
 */
public final class VqganPictures implements PictureEncoder {
    /** Pictures to remember: the images of one prompt all bring the same. */
    private static final int MAX_REMEMBERED = 16;

    private final Path vqgan;
    private final ModelCache cache;
    private final Sessions sessions;
    private final int imageLength;
    private final Supplier<ImageFilter> filters;
    private @Nullable VqganEncoder encoder;
    private @Nullable ImageFilter filter;

    /** Least recently used first. */
    private final Map<ByteBuffer, int[]> known = new LinkedHashMap<>(MAX_REMEMBERED, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, int[]> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /**
     * @param vqgan checkpoint folder; need not be there until a picture comes
     * @param imageLength tokens of an image
     * @param filters opens what judges pictures, when the first one comes
     */
    public VqganPictures(
            Path vqgan, ModelCache cache, Sessions sessions, int imageLength, Supplier<ImageFilter> filters) {
        this.vqgan = vqgan;
        this.cache = cache;
        this.sessions = sessions;
        this.imageLength = imageLength;
        this.filters = filters;
    }

    @Override
    public int[] encode(byte[] file) throws RejectedRecordException, IOException {
        ByteBuffer key = ByteBuffer.wrap(file); // compares by content
        int[] tokens = known.get(key);
        if (tokens == null) {
            tokens = compute(file);
            known.put(key, tokens);
        }
        return tokens;
    }

    private int[] compute(byte[] file) throws RejectedRecordException, IOException {
        BufferedImage picture;
        try {
            picture = Pictures.read(file, Pictures.MAX_PIXELS);
        } catch (Pictures.UnusableException e) {
            throw new RejectedRecordException(ErrorCode.INVALID_PREFIX, "prefix: " + e.getMessage(), e);
        }
        VqganEncoder opened;
        try {
            opened = open();
        } catch (ModelException e) {
            throw new RejectedRecordException(
                    ErrorCode.MODEL_MISMATCH,
                    "the prefix is a picture, and the model has no VQGAN to read it with: " + e.getMessage()
                            + "; or give the prefix as tokens",
                    e);
        }
        RgbImage image = square(picture, opened.resolution());
        filter().judge(image, Door.PREFIX).admitted("prefix: the picture");
        int[] tokens = opened.encode(image);
        if (tokens.length != imageLength) {
            throw new RejectedRecordException(
                    ErrorCode.MODEL_MISMATCH,
                    "the prefix is a picture, and the VQGAN in " + vqgan + " makes " + tokens.length
                            + " tokens of it, not the " + imageLength
                            + " of the text model; put the VQGAN there that belongs to it");
        }
        return tokens;
    }

    /** Colours are converted here, by a profile that the file may have brought. */
    private static RgbImage square(BufferedImage picture, int size) throws RejectedRecordException {
        try {
            return Pictures.pixels(Pictures.square(picture, size));
        } catch (RuntimeException e) {
            throw new RejectedRecordException(
                    ErrorCode.INVALID_PREFIX,
                    "prefix: the picture cannot be scaled: " + e + "; save it as RGB without a colour profile",
                    e);
        }
    }

    private VqganEncoder open() throws IOException {
        VqganEncoder opened = encoder;
        if (opened == null) {
            opened = VqganEncoder.open(vqgan, cache, sessions);
            encoder = opened;
        }
        return opened;
    }

    private ImageFilter filter() {
        ImageFilter opened = filter;
        if (opened == null) {
            opened = filters.get();
            filter = opened;
        }
        return opened;
    }

    @Override
    public boolean works() {
        try {
            VqganEncoder opened = open();
            int side = opened.resolution();
            opened.encode(new RgbImage(side, side, new byte[3 * side * side]));
            return filter().works();
        } catch (IOException | RuntimeException | Error e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (encoder != null) {
            encoder.close();
            encoder = null;
        }
        if (filter != null) {
            filter.close();
            filter = null;
        }
    }
}
