package org.dallemini.stage;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an {@link Engine} works: again and again, with back-off, while what fails is no record's fault but that of the
 * machine, the model or a store; and it tells why meanwhile. Memory that runs out, or a library that is missing, is
 * never a record's fault. Thread-safe.
 */
public final class Attempts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Attempts.class);

    /** What is shown, and how long the pause is, where memory does not suffice for either. */
    private static final String LAST_RESORT = "work fails, and so does saying why; trying again";

    private static final long LAST_RESORT_MILLIS = 1_000;

    private final Function<Throwable, String> words;
    private final Supplier<Backoff> backoffs;
    private volatile String trouble = "";
    private volatile boolean closed;

    /** Work that has no result. */
    public interface Work {
        void run() throws Exception;
    }

    /** Whose fault it is that the work of a record failed. */
    public interface Blame {
        /** Why no further attempt can help: the record is to blame; null if it is not. */
        @Nullable
        RejectedRecordException of(Throwable failure);
    }

    /** @param words what to show of a failure, for people */
    public Attempts(Function<Throwable, String> words) {
        this(words, Backoff::new);
    }

    /** @param backoffs the pauses of one piece of work, from its first failure on */
    public Attempts(Function<Throwable, String> words, Supplier<Backoff> backoffs) {
        this.words = words;
        this.backoffs = backoffs;
    }

    /** Repeats the work until it succeeds or this is closed. */
    public void until(Work work) throws InterruptedException {
        Callable<Boolean> call = () -> {
            work.run();
            return true;
        };
        repeat(call, () -> false, failure -> false);
    }

    /** The result of a task's work; empty if the task was cancelled, or is rejected here, or this is closed. */
    public <T> Optional<T> of(Task<?, ?> task, Callable<T> work, Blame blame) throws InterruptedException {
        return repeat(work, task::isCancelled, failure -> {
            boolean isMachines = failure instanceof OutOfMemoryError || failure instanceof LinkageError;
            RejectedRecordException rejection = isMachines ? null : blame.of(failure);
            if (rejection != null) {
                task.reject(rejection);
            }
            return rejection != null;
        });
    }

    private <T> Optional<T> repeat(Callable<T> work, BooleanSupplier givenUp, Predicate<Throwable> isFinal)
            throws InterruptedException {
        BooleanSupplier ends = () -> closed || givenUp.getAsBoolean();
        Backoff backoff = backoffs.get();
        try {
            while (!ends.getAsBoolean()) {
                try {
                    T result = work.call();
                    if (!trouble.isEmpty()) {
                        log.info("Works again after: {}", trouble);
                    }
                    return Optional.of(result);
                } catch (InterruptedException e) {
                    throw e;
                } catch (Throwable e) {
                    if (closed || endsOrPauses(e, isFinal, backoff, ends)) {
                        break;
                    }
                }
            }
            return Optional.empty();
        } finally {
            trouble = "";
        }
    }

    /** True if the failure is final, else false after a pause. Memory may be so short that even that fails. */
    private boolean endsOrPauses(Throwable failure, Predicate<Throwable> isFinal, Backoff backoff, BooleanSupplier ends)
            throws InterruptedException {
        try {
            if (isFinal.test(failure)) {
                return true;
            }
            String shown = words.apply(failure);
            if (trouble.isEmpty()) {
                log.warn(shown, failure instanceof IOException ? null : failure);
            }
            trouble = shown;
            backoff.failed();
            backoff.await(ends);
        } catch (RuntimeException | Error e) {
            trouble = LAST_RESORT;
            Thread.sleep(LAST_RESORT_MILLIS);
        }
        return false;
    }

    /** Why work fails at present; empty if it does not. */
    public String trouble() {
        return trouble;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Ends the pauses; what is worked on is done to its end. */
    @Override
    public void close() {
        closed = true;
    }
}
