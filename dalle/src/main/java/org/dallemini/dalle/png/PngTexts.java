package org.dallemini.dalle.png;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.w3c.dom.NodeList;

/** Reads the texts of PNG files, which {@link PngWriter} writes. */
public final class PngTexts {
    private static final String FORMAT = "javax_imageio_png_1.0";

    private PngTexts() {}

    /**
     * All texts of a file.
     *
     * @throws IOException if it is no PNG file, or cannot be read
     */
    public static List<PngText> read(byte[] png) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
        ImageReader reader = readers.next();
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(png))) {
            reader.setInput(in, true);
            IIOMetadata metadata = reader.getImageMetadata(0);
            IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(FORMAT);
            List<PngText> texts = new ArrayList<>();
            addTo(texts, root.getElementsByTagName("tEXtEntry"), "value");
            addTo(texts, root.getElementsByTagName("iTXtEntry"), "text");
            return texts;
        } catch (RuntimeException e) { // of the reader, on damaged files
            throw new IOException("damaged: " + e, e);
        } finally {
            reader.dispose();
        }
    }

    private static void addTo(List<PngText> texts, NodeList entries, String value) {
        for (int i = 0; i < entries.getLength(); i++) {
            IIOMetadataNode entry = (IIOMetadataNode) entries.item(i);
            try {
                texts.add(new PngText(entry.getAttribute("keyword"), entry.getAttribute(value)));
            } catch (IllegalArgumentException e) {
                continue; // a keyword that PNG does not allow, of another program
            }
        }
    }

    /** The text under a keyword, if there is one. */
    public static Optional<String> find(List<PngText> texts, String keyword) {
        return texts.stream()
                .filter(text -> text.keyword().equals(keyword))
                .map(PngText::text)
                .findFirst();
    }
}
