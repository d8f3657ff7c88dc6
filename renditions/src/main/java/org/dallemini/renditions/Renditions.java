package org.dallemini.renditions;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.dalle.png.PngText;
import org.dallemini.dalle.png.PngTexts;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.png.Provenance;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.Pictures.UnusableException;
import org.dallemini.dalle.vqgan.RgbImage;

/**
 * Makes renditions of stored images. The same file and the same wish give the same pixels. Thread-safe.
 *
 * <p>Every file says that it was made by generative AI (XMP with IPTC's marking) and what was done to it; PNG files
 * keep all texts of the original.
 */
public final class Renditions {
    /** The keyword of the text that says what was done. */
    public static final String KEYWORD = "Rendition";

    private final Upscaler upscaler;

    private Renditions(Upscaler upscaler) {
        this.upscaler = upscaler;
    }

    /** Enlarges with the built-in upscaler, which keeps edges sharp. */
    public static Renditions builtIn() {
        return new Renditions(new EdgeUpscaler());
    }

    /**
     * As configured.
     *
     * @param network ONNX file of a {@link NetworkUpscaler}; empty: the built-in upscaler
     * @throws IOException if it is no such network
     */
    public static Renditions of(String network) throws IOException {
        return network.isEmpty() ? builtIn() : with(NetworkUpscaler.open(Path.of(network), new Sessions(1)));
    }

    /** Enlarges with an upscaler of one's own, as often as it takes. */
    public static Renditions with(Upscaler upscaler) {
        return new Renditions(upscaler);
    }

    /** Name and version of what enlarges, for metadata. */
    public String upscaler() {
        return upscaler.name();
    }

    /**
     * Makes a rendition.
     *
     * @param png a PNG file as the pipeline stores it
     * @throws UnusableException if the file cannot be read, or the size asks for too much
     */
    public RenderedImage render(byte[] png, Rendition wanted) throws UnusableException {
        RgbImage drawn = Pictures.pixels(Pictures.read(png, Pictures.MAX_PIXELS));
        if (wanted.isOriginal(drawn.width(), drawn.height())) {
            return new RenderedImage(png, FileFormat.PNG, drawn.width(), drawn.height(), "");
        }
        String problem = wanted.problem(drawn.width(), drawn.height()).orElse(null);
        if (problem != null) {
            throw new UnusableException(problem);
        }
        RgbImage image = drawn;
        List<String> made = new ArrayList<>();
        Rendition.Size size = wanted.size();
        if (size != null && wanted.isScaled(drawn.width(), drawn.height())) {
            image = fitted(drawn, size, wanted, made);
        }
        List<PngText> texts = texts(png, made);
        byte[] content =
                switch (wanted.format()) {
                    case PNG -> PngWriter.write(image, texts);
                    case JPEG -> JpegFile.write(image, wanted.quality(), Provenance.xmp(texts));
                    case WEBP -> WebpFile.write(image, wanted.quality(), Provenance.xmp(texts));
                };
        return new RenderedImage(content, wanted.format(), image.width(), image.height(), String.join(", ", made));
    }

    private static List<PngText> texts(byte[] png, List<String> made) throws UnusableException {
        List<PngText> texts;
        try {
            texts = new ArrayList<>(PngTexts.read(png));
        } catch (IOException e) {
            throw new UnusableException("the picture is no PNG file");
        }
        if (!made.isEmpty()) {
            texts.add(new PngText(KEYWORD, String.join(", ", made)));
        }
        return texts;
    }

    private RgbImage fitted(RgbImage drawn, Rendition.Size size, Rendition wanted, List<String> made) {
        double scale = wanted.scale(drawn.width(), drawn.height());
        int width = side(drawn.width() * scale, size.width(), wanted.fit());
        int height = side(drawn.height() * scale, size.height(), wanted.fit());
        RgbImage scaled = scaled(drawn, width, height);
        if (scaled.width() != drawn.width() || scaled.height() != drawn.height()) {
            made.add("%dx%d scaled to %dx%d (%s)"
                    .formatted(
                            drawn.width(),
                            drawn.height(),
                            scaled.width(),
                            scaled.height(),
                            scale > 1 ? upscaler.name() : "catmull-rom"));
        }
        if (scaled.width() == size.width() && scaled.height() == size.height()) {
            return scaled;
        }
        made.add((wanted.fit() == Fit.PAD ? "padded to " : "cropped to ") + size);
        return placed(scaled, size, meanOfEdge(drawn));
    }

    /** The rounded side; it neither exceeds what it is put into nor leaves a gap in what it has to fill. */
    private static int side(double exact, int wanted, Fit fit) {
        int rounded = Math.max(1, (int) Math.round(exact));
        return fit == Fit.PAD ? Math.min(rounded, wanted) : Math.max(rounded, wanted);
    }

    private RgbImage scaled(RgbImage drawn, int width, int height) {
        RgbImage image = drawn;
        while (image.width() < width || image.height() < height) {
            image = upscaler.enlarge(image);
        }
        return Resampling.resized(image, width, height);
    }

    /** In the middle of a ground, or its middle. */
    private static RgbImage placed(RgbImage image, Rendition.Size size, byte[] ground) {
        byte[] rgb = new byte[3 * size.width() * size.height()];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = ground[i % 3];
        }
        int left = (size.width() - image.width()) / 2;
        int top = (size.height() - image.height()) / 2;
        int from = Math.max(0, -left);
        int columns = Math.min(image.width() - from, size.width() - Math.max(0, left));
        for (int y = Math.max(0, top); y < Math.min(size.height(), top + image.height()); y++) {
            int source = 3 * ((y - top) * image.width() + from);
            int target = 3 * (y * size.width() + Math.max(0, left));
            System.arraycopy(image.rgb(), source, rgb, target, 3 * columns);
        }
        return new RgbImage(size.width(), size.height(), rgb);
    }

    private static byte[] meanOfEdge(RgbImage image) {
        long[] sums = new long[3];
        long count = 0;
        for (int y = 0; y < image.height(); y++) {
            boolean isWhole = y == 0 || y == image.height() - 1;
            for (int x = 0; x < image.width(); x += isWhole ? 1 : Math.max(1, image.width() - 1)) {
                for (int colour = 0; colour < 3; colour++) {
                    sums[colour] += image.rgb()[3 * (y * image.width() + x) + colour] & 0xff;
                }
                count++;
            }
        }
        byte[] mean = new byte[3];
        for (int colour = 0; colour < 3; colour++) {
            mean[colour] = (byte) Math.round((double) sums[colour] / count);
        }
        return mean;
    }
}
