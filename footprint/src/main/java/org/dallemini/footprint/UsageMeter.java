package org.dallemini.footprint;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells several works, each of a thread, what they have used of a process at the same time: what it uses while n of
 * them are in progress counts for each by an n-th, what it uses while there are none counts for nobody. So the shares
 * of all works add up to what was used, whoever of them it was for. Thread-safe.
 */
public final class UsageMeter {
    private final Supplier<Usage> counter;
    private Usage last;
    private int works;
    /** What a work that was always in progress would have used. */
    private Usage ofEach = Usage.NONE;

    /** @param counter what the process has used since it began */
    public UsageMeter(Supplier<Usage> counter) {
        this.counter = counter;
        this.last = counter.get();
    }

    /** Of this process: its works share it, in whichever stage they are. */
    public static UsageMeter ofThisProcess() {
        return Holder.METER;
    }

    /**
     * Counts a GPU of this machine from now on.
     *
     * @param device number of the GPU among those that CUDA shows to this process
     * @return whether its power is told at present
     */
    public static BooleanSupplier watchGpu(int device) {
        return Holder.PROCESS.watchGpu(name(device, System.getenv("CUDA_VISIBLE_DEVICES")))::isKnown;
    }

    /** The GPU as {@code nvidia-smi} names it, which knows nothing of what is shown to a process. */
    static String name(int device, @Nullable String visible) {
        String[] shown = visible == null ? new String[0] : visible.split(",");
        return device < shown.length && !shown[device].isBlank() ? shown[device].trim() : Integer.toString(device);
    }

    private static final class Holder {
        static final ProcessUsage PROCESS = new ProcessUsage();
        static final UsageMeter METER = new UsageMeter(PROCESS);
    }

    /** Work in progress. Begin it and end it, whatever happens. */
    public final class Work {
        private final Usage before;
        private boolean open = true;

        private Work() {
            before = ofEach;
        }

        /** Ends the work. @return what it has used; nothing if it had been ended before */
        public Usage end() {
            synchronized (UsageMeter.this) {
                if (!open) {
                    return Usage.NONE;
                }
                open = false;
                advance();
                works--;
                return ofEach.minus(before);
            }
        }
    }

    public synchronized Work begin() {
        advance();
        works++;
        return new Work();
    }

    private void advance() {
        Usage now = counter.get();
        if (works > 0) {
            ofEach = ofEach.plus(now.minus(last).times(1.0 / works));
        }
        last = now;
    }
}
