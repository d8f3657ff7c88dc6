package org.dallemini.renditions;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.jspecify.annotations.Nullable;

/** Writes files of the formats that lose something, by Image I/O. */
final class LossyWriter {
    private LossyWriter() {}

    /**
     * Writes a file without metadata.
     *
     * @param type of compression, where the format has several
     * @param quality 0 (small) to 100 (good)
     */
    static byte[] write(RgbImage image, FileFormat format, @Nullable String type, int quality) {
        ImageWriter writer =
                ImageIO.getImageWritersByMIMEType(format.contentType()).next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            if (type != null) {
                param.setCompressionType(type);
            }
            param.setCompressionQuality(quality / 100f);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(Pictures.picture(image), null, null), param);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }
}
