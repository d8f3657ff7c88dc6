package org.dallemini.training.run;

import java.io.PrintStream;
import java.util.Locale;
import org.dallemini.footprint.EnergyModel;

/** Tells on standard error how training goes, a line at a time. */
final class Reporter {
    private final PrintStream err;
    private final int updates;
    private final int batchSize;
    private int last;
    private long lastNanos;

    Reporter(PrintStream err, int updates, int batchSize) {
        this.err = err;
        this.updates = updates;
        this.batchSize = batchSize;
    }

    void begin(int done) {
        last = done;
        lastNanos = System.nanoTime();
        if (done > 0) {
            err.println("goes on after update " + done);
        }
    }

    /** Samples a second since this was last asked for. */
    double speed(int done) {
        long now = System.nanoTime();
        double speed = (done - last) * (double) batchSize / ((now - lastNanos) / 1e9);
        last = done;
        lastNanos = now;
        return speed;
    }

    void tell(int done, String name, double loss, double rate, double speed) {
        double left = (updates - done) * (double) batchSize / speed;
        err.printf(
                Locale.ROOT,
                "update %d/%d  %s %.4f  rate %.2g  %.1f samples/s  %s left%n",
                done,
                updates,
                name,
                loss,
                rate,
                speed,
                time(left));
    }

    void tellHeldOut(int done, String name, double loss) {
        err.printf(Locale.ROOT, "update %d/%d  held out: %s %.4f%n", done, updates, name, loss);
    }

    void tellEnergy(double joules, EnergyModel energy) {
        err.printf(
                Locale.ROOT,
                "took in all %.3g kWh, %.3g kg CO2e (%s)%n",
                joules / 3.6e6,
                energy.co2eGrams(joules) / 1000,
                energy.method());
    }

    void warn(String message) {
        err.println(message);
    }

    void end() {
        err.flush();
    }

    private static String time(double seconds) {
        if (seconds < 120) {
            return Math.round(seconds) + " s";
        }
        return seconds < 7200
                ? Math.round(seconds / 60) + " min"
                : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }
}
