package org.dallemini.tokens.batch;

import java.util.concurrent.Semaphore;
import org.dallemini.dalle.bart.Decoder;
import org.dallemini.dalle.testing.DelegatingDecoder;

/** Takes no step without a permit. */
final class GatedDecoder extends DelegatingDecoder {
    private final Semaphore permits;

    GatedDecoder(Semaphore permits, Decoder decoder) {
        super(decoder);
        this.permits = permits;
    }

    @Override
    public void step() {
        permits.acquireUninterruptibly();
        super.step();
    }
}
