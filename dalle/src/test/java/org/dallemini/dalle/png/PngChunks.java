package org.dallemini.dalle.png;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageInputStream;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Looks into a PNG file by itself, and as the JDK's ImageIO does. */
final class PngChunks {
    private PngChunks() {}

    record Chunk(String type, byte[] data) {}

    /** All chunks, whose checksums must be right. */
    static List<Chunk> read(byte[] png) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(png));
        assertThat(in.readNBytes(8)).isEqualTo("\u0089PNG\r\n\u001A\n".getBytes(StandardCharsets.ISO_8859_1));
        List<Chunk> chunks = new ArrayList<>();
        while (in.available() > 0) {
            int length = in.readInt();
            byte[] type = in.readNBytes(4);
            byte[] data = in.readNBytes(length);
            CRC32 crc = new CRC32();
            crc.update(type);
            crc.update(data);
            assertThat(in.readInt()).isEqualTo((int) crc.getValue());
            chunks.add(new Chunk(new String(type, StandardCharsets.US_ASCII), data));
        }
        return chunks;
    }

    /** The texts by keyword, as ImageIO finds them. */
    static Map<String, String> imageIoTexts(byte[] png) throws IOException {
        Map<String, String> texts = new HashMap<>();
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(png))) {
            reader.setInput(in);
            IIOMetadata metadata = reader.getImageMetadata(0);
            Element root = (Element) metadata.getAsTree("javax_imageio_png_1.0");
            collect(root.getElementsByTagName("tEXtEntry"), "value", texts);
            collect(root.getElementsByTagName("iTXtEntry"), "text", texts);
        } finally {
            reader.dispose();
        }
        return texts;
    }

    private static void collect(NodeList entries, String value, Map<String, String> texts) {
        for (int i = 0; i < entries.getLength(); i++) {
            Element entry = (Element) entries.item(i);
            texts.put(entry.getAttribute("keyword"), entry.getAttribute(value));
        }
    }
}
