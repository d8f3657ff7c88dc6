package org.dallemini.prompt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.TreeMap;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.dallemini.events.PromptRequest;
import org.dallemini.schemas.Hashes;

/** Tells whether two prompts of the same id ask for the same. */
public final class ContentHash {
    private ContentHash() {}

    /** SHA-256 over all of a prompt but its id, which may be given in the record or by its key. */
    public static byte[] of(PromptRequest prompt) {
        // Sorted labels: the order of a map on the wire has no meaning.
        PromptRequest content = new PromptRequest(
                prompt.getText(),
                null,
                prompt.getNegativeText(),
                prompt.getCount(),
                prompt.getSeed(),
                prompt.getSampling(),
                prompt.getLane(),
                prompt.getJobId(),
                new TreeMap<>(prompt.getLabels()),
                prompt.getDeadline(),
                prompt.getPrefix(),
                prompt.getBestOf(),
                prompt.getOutput(),
                prompt.getRedraw());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            new SpecificDatumWriter<>(PromptRequest.class).write(content, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory does not fail", e);
        }
        // A field that is null is a byte at the end; without it the hash is that of the versions that did not know the
        // field, so that what they have accepted is still recognised.
        return Hashes.sha256(Arrays.copyOf(bytes.toByteArray(), bytes.size() - nullsAtTheEnd(prompt)));
    }

    private static int nullsAtTheEnd(PromptRequest prompt) {
        if (prompt.getRedraw() != null) {
            return 0;
        }
        if (prompt.getOutput() != null) {
            return 1;
        }
        if (prompt.getBestOf() != null) {
            return 2;
        }
        return prompt.getPrefix() != null ? 3 : 4;
    }
}
