package org.dallemini.footprint;

import java.util.Locale;

/**
 * How energy is estimated, and the gases of it. What it counts: processors and GPUs while they work, and what the
 * building takes beside. What it does not: memory, disks, networks, other machines, idle time, and the making of the
 * hardware.
 */
public final class EnergyModel {
    /** Chooses by the machine. */
    public static final double AUTOMATIC = 0;

    private final double wattsPerThread;
    private final boolean usesCounters;
    private final double overhead;
    private final CarbonIntensity intensity;
    private final String method;

    private EnergyModel(
            double wattsPerThread, boolean usesCounters, double overhead, CarbonIntensity intensity, String what) {
        this.wattsPerThread = wattsPerThread;
        this.usesCounters = usesCounters;
        this.overhead = overhead;
        this.intensity = intensity;
        this.method = String.format(
                Locale.ROOT,
                "estimate: %s%s, %.0f g/kWh (%s)",
                what,
                overhead == 1 ? "" : String.format(Locale.ROOT, " x %.2f (PUE)", overhead),
                intensity.gramsPerKwh(),
                intensity.place());
    }

    /**
     * For this machine.
     *
     * @param wattsPerThread power of a busy hardware thread; {@link #AUTOMATIC}: the counters of the processor where
     *     they may be read, else a table by its kind
     * @param overhead energy of the whole data centre per energy of its computers (PUE), at least 1
     */
    public static EnergyModel ofThisMachine(double wattsPerThread, double overhead, CarbonIntensity intensity) {
        return of(wattsPerThread, overhead, intensity, Rapl.ofThisMachine(0).isPresent(), Processor.ofThisMachine());
    }

    static EnergyModel of(
            double wattsPerThread,
            double overhead,
            CarbonIntensity intensity,
            boolean hasCounters,
            Processor processor) {
        if (wattsPerThread != AUTOMATIC) {
            return new EnergyModel(
                    wattsPerThread, false, overhead, intensity, processorTime(wattsPerThread, "as configured"));
        }
        if (hasCounters) {
            return new EnergyModel(0, true, overhead, intensity, "RAPL by share of processor time");
        }
        double watts = processor.wattsPerThread();
        return new EnergyModel(watts, false, overhead, intensity, processorTime(watts, processor.name()));
    }

    private static String processorTime(double watts, String why) {
        return String.format(Locale.ROOT, "processor time x %.2f W (%s)", watts, why);
    }

    public double joules(Usage usage) {
        double processor = usesCounters ? usage.packageJoules() : usage.processorSeconds() * wattsPerThread;
        return (processor + usage.gpuJoules()) * overhead;
    }

    public double co2eGrams(double joules) {
        return intensity.grams(joules);
    }

    /** For people: what the figures come from, and that they are estimates. */
    public String method() {
        return method;
    }
}
