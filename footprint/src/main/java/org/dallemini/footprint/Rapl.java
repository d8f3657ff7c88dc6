package org.dallemini.footprint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The energy counters of the processor packages (RAPL), as Linux shows them under {@code /sys/class/powercap}. They
 * count the whole machine, idle or busy; a process gets the share that it has of all busy processor time. On most
 * systems root alone may read them. Thread-safe.
 */
final class Rapl {
    /** Of the times in {@code /proc/stat}; the kernel has been compiled with it on every architecture for ages. */
    private static final double TICKS_PER_SECOND = 100;
    /**
     * Shorter intervals say little: the counters move every millisecond, processor times every hundredth of a second.
     */
    private static final double SHORTEST_SECONDS = 0.05;

    private final Path stat;
    private final List<Counter> counters;
    private double joules;
    private double busyBefore;
    private double processBefore;
    /** Joules of a second of the process's processor time, in the last interval. */
    private double watts;

    private static final class Counter {
        private final Path file;
        private final double range;
        private double before;

        Counter(Path zone) throws IOException {
            file = zone.resolve("energy_uj");
            range = number(zone.resolve("max_energy_range_uj"));
            before = number(file);
        }

        /** Since the last call; the counter begins anew at its range. */
        double microjoules() throws IOException {
            double now = number(file);
            double passed = now >= before ? now - before : now + range - before;
            before = now;
            return passed;
        }
    }

    private Rapl(Path stat, List<Counter> counters, double busy, double processorSeconds) {
        this.stat = stat;
        this.processBefore = processorSeconds;
        this.counters = counters;
        this.busyBefore = busy;
    }

    /** @param processorSeconds that the process has used by now */
    static Optional<Rapl> ofThisMachine(double processorSeconds) {
        return open(Path.of("/sys/class/powercap"), Path.of("/proc/stat"), processorSeconds);
    }

    /** Empty if the machine has no such counters, or they may not be read. */
    static Optional<Rapl> open(Path powercap, Path stat, double processorSeconds) {
        try {
            List<Counter> counters = new ArrayList<>();
            try (var zones = Files.newDirectoryStream(powercap, "intel-rapl:*")) {
                for (Path zone : zones) {
                    if (Files.readString(zone.resolve("name")).startsWith("package")) {
                        counters.add(new Counter(zone));
                    }
                }
            }
            OptionalDouble busy = busySeconds(stat);
            return counters.isEmpty() || busy.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Rapl(stat, counters, busy.getAsDouble(), processorSeconds));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * The share of the process since these counters were opened.
     *
     * @param processorSeconds that the process has used since it began
     */
    synchronized double joules(double processorSeconds) {
        try {
            double busy = busySeconds(stat).orElse(busyBefore);
            double own = processorSeconds - processBefore;
            if (busy - busyBefore >= SHORTEST_SECONDS && own > 0) {
                double passed = 0;
                for (Counter counter : counters) {
                    passed += counter.microjoules() / 1e6;
                }
                double spent = passed * Math.min(1, own / (busy - busyBefore));
                watts = spent / own;
                joules += spent;
                busyBefore = busy;
                processBefore = processorSeconds;
            }
        } catch (IOException | NumberFormatException e) {
            // For a moment; the next reading has it.
        }
        return joules + watts * (processorSeconds - processBefore);
    }

    /** Of all processors since the machine began: all but idle time, waiting for disks and what was stolen. */
    private static OptionalDouble busySeconds(Path stat) throws IOException {
        String first = Files.readString(stat).lines().findFirst().orElse("");
        String[] fields = first.trim().split("\\s+");
        if (fields.length < 8 || !fields[0].equals("cpu")) {
            return OptionalDouble.empty();
        }
        double ticks = 0;
        for (int field : new int[] {1, 2, 3, 6, 7}) { // user, nice, system, irq, softirq
            ticks += Double.parseDouble(fields[field]);
        }
        return OptionalDouble.of(ticks / TICKS_PER_SECOND);
    }

    private static double number(Path file) throws IOException {
        return Double.parseDouble(Files.readString(file).trim());
    }
}
