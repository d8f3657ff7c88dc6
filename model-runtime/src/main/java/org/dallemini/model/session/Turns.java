package org.dallemini.model.session;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Turns that the models of a process take to compute, so that whichever computes has all processors to itself. Two at a
 * time would be slower in all: the parts of an operator end together, and wait for the one that shares its processor.
 *
 * <p>Turns are given in the order in which they were asked for. So an image is decoded after the step of the decoder
 * that is under way, and a backlog of images does not stop the steps. Computations on a graphics processor need none.
 */
public final class Turns {
    private final ReentrantLock order = new ReentrantLock(true);

    /** Ends when it is closed, by the thread that took it. */
    @FunctionalInterface
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits for a turn: for the computation under way, and those that asked before. */
    public Turn take() {
        order.lock();
        return order::unlock;
    }
}
