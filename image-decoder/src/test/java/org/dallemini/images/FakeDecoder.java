package org.dallemini.images;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.dallemini.dalle.vqgan.ImageDecoder;
import org.dallemini.dalle.vqgan.RgbImage;

/** Decodes 2 x 2 tokens below 8 to an image of one pixel that shows the first three; fails as it is told. */
final class FakeDecoder implements ImageDecoder {
    static final int POISON = 6;
    /** Poison that is no exception but an error. */
    static final int DEADLY_POISON = 5;

    volatile boolean broken;
    volatile boolean closed;
    volatile int attempts;
    private final CountDownLatch gate;

    FakeDecoder() {
        this(new CountDownLatch(0));
    }

    /** @param gate decoding waits for it */
    FakeDecoder(CountDownLatch gate) {
        this.gate = gate;
    }

    @Override
    public int rows() {
        return 2;
    }

    @Override
    public int columns() {
        return 2;
    }

    @Override
    public int codes() {
        return 8;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the engine's thread decodes
    public RgbImage decode(int[] tokens) {
        awaitAsNativeCodeDoes();
        attempts++;
        if (broken) {
            throw new IllegalStateException("no memory");
        }
        if (Arrays.stream(tokens).anyMatch(t -> t == POISON)) {
            throw new IllegalStateException("poison");
        }
        if (Arrays.stream(tokens).anyMatch(t -> t == DEADLY_POISON)) {
            throw new StackOverflowError("deadly poison");
        }
        return new RgbImage(1, 1, new byte[] {(byte) tokens[0], (byte) tokens[1], (byte) tokens[2]});
    }

    /** Interrupts do not reach it; they stay set. */
    private void awaitAsNativeCodeDoes() {
        boolean interrupted = false;
        while (gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
