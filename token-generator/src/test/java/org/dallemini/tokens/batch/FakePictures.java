package org.dallemini.tokens.batch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;

/** Gives every picture the same tokens, and fails as told. */
final class FakePictures implements PictureEncoder {
    static final String DAMAGED = "damaged";
    /** A picture on which the model's code fails. */
    static final String POISON = "poison";

    static final int[] TOKENS = IntStream.range(0, 64).map(i -> 10 * i).toArray();
    private static final int PLENTY = 1_000_000;

    private final Semaphore permits = new Semaphore(PLENTY);
    private volatile boolean used;
    private volatile boolean failing;
    private volatile boolean closed;

    /** From now on every picture waits for {@link #release}. */
    void hold() {
        permits.drainPermits();
    }

    void release() {
        permits.release(PLENTY);
    }

    void fail(boolean failing) {
        this.failing = failing;
    }

    boolean isUsed() {
        return used;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public int[] encode(byte[] file) throws RejectedRecordException, IOException {
        used = true;
        permits.acquireUninterruptibly();
        if (failing) {
            throw new IOException("the disk is away");
        }
        if (new String(file, StandardCharsets.UTF_8).equals(DAMAGED)) {
            throw new RejectedRecordException(ErrorCode.INVALID_PREFIX, "the picture is cut off");
        }
        if (new String(file, StandardCharsets.UTF_8).equals(POISON)) {
            throw new ArrayIndexOutOfBoundsException("poison");
        }
        return TOKENS;
    }

    @Override
    public boolean works() {
        return !failing;
    }

    @Override
    public void close() {
        closed = true;
    }
}
