package org.dallemini.dalle.png;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the texts of PNG files that {@link PngWriter} writes: tEXt and uncompressed iTXt. Compressed ones are passed
 * over, for a small file could hold gigabytes of them.
 */
public final class PngTexts {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    private PngTexts() {}

    /**
     * All such texts of a file, up to its end or to where it is damaged.
     *
     * @throws IOException if it is no PNG file
     */
    public static List<PngText> read(byte[] png) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(png);
        if (!ByteBuffer.wrap(SIGNATURE).equals(in.slice(0, Math.min(SIGNATURE.length, png.length)))) {
            throw new IOException("it does not begin as a PNG file does");
        }
        in.position(SIGNATURE.length);
        List<PngText> texts = new ArrayList<>();
        while (in.remaining() >= 12) { // length, type and check sum of a chunk
            int length = in.getInt();
            byte[] type = new byte[4];
            in.get(type);
            if (length < 0 || length > in.remaining() - 4) {
                break;
            }
            ByteBuffer data = in.slice(in.position(), length);
            in.position(in.position() + length + 4);
            text(new String(type, StandardCharsets.US_ASCII), data).ifPresent(texts::add);
        }
        return texts;
    }

    private static Optional<PngText> text(String type, ByteBuffer data) {
        boolean isInternational = type.equals("iTXt");
        if (!isInternational && !type.equals("tEXt")) {
            return Optional.empty();
        }
        try {
            String keyword = upToZero(data);
            if (isInternational) {
                boolean isCompressed = data.getShort() != 0; // a flag, and the method
                upToZero(data); // language
                upToZero(data); // the keyword in it
                if (isCompressed) {
                    return Optional.empty();
                }
            }
            Charset charset = isInternational ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
            return Optional.of(new PngText(keyword, charset.decode(data).toString()));
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            return Optional.empty(); // not as PNG wants it
        }
    }

    private static String upToZero(ByteBuffer data) {
        ByteBuffer text = data.slice();
        int length = 0;
        while (data.get() != 0) {
            length++;
        }
        return StandardCharsets.ISO_8859_1.decode(text.limit(length)).toString();
    }

    /** The text under a keyword, if there is one. */
    public static Optional<String> find(List<PngText> texts, String keyword) {
        return texts.stream()
                .filter(text -> text.keyword().equals(keyword))
                .map(PngText::text)
                .findFirst();
    }
}
