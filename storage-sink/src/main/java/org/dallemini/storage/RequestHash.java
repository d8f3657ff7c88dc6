package org.dallemini.storage;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImageRedraw;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Sampling;
import org.dallemini.schemas.Hashes;
import org.jspecify.annotations.Nullable;

/**
 * What an image was asked to be, as a number: two records of one image id with the same hash ask for the same image.
 *
 * <p>It counts which image of which prompt it is, and what it was drawn with: texts, seed, sampling, first tokens,
 * candidates, each as the token generator has filled it in. For whom, when and by which model it was drawn does not
 * count: job, labels, lane, deadline, times, how many images the prompt has.
 *
 * <p>Hashes are compared over years. A new field may count only where it is set, behind all others.
 */
final class RequestHash {
    private RequestHash() {}

    /** Hexadecimal SHA-256. */
    static String of(ImageRequest request) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(request, out);
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory does not fail", e);
        }
        return Hashes.hex(bytes.toByteArray());
    }

    private static void write(ImageRequest request, DataOutputStream out) throws IOException {
        write(request.getImageId(), out);
        write(request.getPromptId(), out);
        out.writeInt(request.getIndex());
        write(request.getText(), out);
        write(request.getNegativeText(), out);
        out.writeLong(request.getSeed());
        Sampling sampling = request.getSampling();
        write(sampling.getTemperature(), out);
        write(sampling.getTopK(), out);
        write(sampling.getTopP(), out);
        write(sampling.getGuidanceScale(), out);
        out.writeInt(sampling.getBatchIndex());
        out.writeInt(sampling.getBatchSize());
        out.writeInt(request.getCandidates());
        ImagePrefix prefix = request.getPrefix();
        out.writeBoolean(prefix != null);
        if (prefix != null) {
            write(prefix.getTokens(), out);
            write(prefix.getPicture(), out);
            write(prefix.getRows(), out);
        }
        ImageRedraw redraw = request.getRedraw();
        if (redraw != null) {
            write(redraw.getMask(), out);
            write(redraw.getStrength(), out);
        }
    }

    private static void write(@Nullable String text, DataOutputStream out) throws IOException {
        write(text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), out);
    }

    /** Length, then content; -1 for null. */
    private static void write(@Nullable ByteBuffer bytes, DataOutputStream out) throws IOException {
        if (bytes == null) {
            out.writeInt(-1);
        } else {
            byte[] content = new byte[bytes.remaining()];
            bytes.duplicate().get(content);
            out.writeInt(content.length);
            out.write(content);
        }
    }

    private static void write(@Nullable Integer number, DataOutputStream out) throws IOException {
        out.writeBoolean(number != null);
        if (number != null) {
            out.writeInt(number);
        }
    }

    /** Its bits: how it is written as text has changed with Java's versions. */
    private static void write(@Nullable Float number, DataOutputStream out) throws IOException {
        write(number == null ? null : Integer.valueOf(Float.floatToIntBits(number)), out);
    }
}
