package org.dallemini.dalle.testing;

import java.nio.FloatBuffer;
import java.util.List;
import org.dallemini.dalle.bart.Decoder;
import org.dallemini.dalle.bart.EncodedText;

/** A decoder that does as another does; to be told how to differ. */
public class DelegatingDecoder implements Decoder {
    private final Decoder decoder;

    public DelegatingDecoder(Decoder decoder) {
        this.decoder = decoder;
    }

    @Override
    public Row open(EncodedText text) {
        return decoder.open(text);
    }

    @Override
    public void close(Row row) {
        decoder.close(row);
    }

    @Override
    public void step() {
        decoder.step();
    }

    @Override
    public void step(List<Row> some) {
        decoder.step(some);
    }

    @Override
    public FloatBuffer logits() {
        return decoder.logits();
    }

    @Override
    public int vocabulary() {
        return decoder.vocabulary();
    }

    @Override
    public void close() {
        decoder.close();
    }
}
