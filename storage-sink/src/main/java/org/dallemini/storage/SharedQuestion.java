package org.dallemini.storage;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A question that many threads ask and whose answer changes. Everybody gets the answer to one that was asked after they
 * came; all who come while one is being asked share the next.
 */
final class SharedQuestion<T> {
    private final Callable<T> question;
    private final Lock asking = new ReentrantLock();
    private volatile FutureTask<T> next;

    SharedQuestion(Callable<T> question) {
        this.question = question;
        this.next = new FutureTask<>(question);
    }

    /** @throws ExecutionException if it fails; all who share it are told */
    T ask() throws ExecutionException, InterruptedException {
        FutureTask<T> mine = next;
        asking.lockInterruptibly();
        try {
            if (!mine.isDone()) {
                next = new FutureTask<>(question); // for those who come from now on
                mine.run();
            }
        } finally {
            asking.unlock();
        }
        return mine.get();
    }
}
