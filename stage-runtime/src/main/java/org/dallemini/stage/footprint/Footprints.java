package org.dallemini.stage.footprint;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.dallemini.events.Footprint;
import org.dallemini.footprint.EnergyModel;
import org.dallemini.footprint.Usage;
import org.dallemini.footprint.UsageMeter;
import org.dallemini.stage.config.ModelSettings;

/** Estimates what a stage uses for its images. Thread-safe. */
public final class Footprints {
    private static final Pattern GPU = Pattern.compile("cuda:(\\d+)");

    private final UsageMeter meter;
    private final EnergyModel model;
    private final Supplier<String> gpu;
    private final Counter joules;
    private final Counter grams;

    /**
     * @param meter of the process
     * @param stage as in the metrics
     */
    public Footprints(UsageMeter meter, EnergyModel model, String stage, MeterRegistry registry) {
        this(meter, model, () -> "", stage, registry);
    }

    /** @param gpu what the method says of one */
    private Footprints(
            UsageMeter meter, EnergyModel model, Supplier<String> gpu, String stage, MeterRegistry registry) {
        this.meter = meter;
        this.model = model;
        this.gpu = gpu;
        Tags tags = Tags.of("stage", stage);
        this.joules = Counter.builder("dallemini.footprint.energy.joules")
                .description("Energy that drawing took, an estimate")
                .tags(tags)
                .register(registry);
        this.grams = Counter.builder("dallemini.footprint.co2e.grams")
                .description("Greenhouse gases of that energy in CO2-equivalents, an estimate")
                .tags(tags)
                .register(registry);
    }

    /**
     * Of this process, as the settings say.
     *
     * @param config of a definition that was given to {@link FootprintSettings#define} and {@link ModelSettings#define}
     */
    public static Footprints of(AbstractConfig config, String stage, MeterRegistry registry) {
        Matcher gpu = GPU.matcher(new ModelSettings(config).device());
        Supplier<String> words = () -> "";
        if (gpu.matches()) {
            BooleanSupplier known = UsageMeter.watchGpu(Integer.parseInt(gpu.group(1)));
            words = () ->
                    known.getAsBoolean() ? ", the GPU's power included" : ", WITHOUT the GPU, whose power is not told";
        }
        return new Footprints(
                UsageMeter.ofThisProcess(), new FootprintSettings(config).model(), words, stage, registry);
    }

    /** What an image takes over several works, each tried as often as it takes. Not thread-safe. */
    public final class Spending {
        private double spent;

        /** Does a work and counts it, whether it succeeds or not. */
        public <T> T of(Supplier<T> work) {
            UsageMeter.Work counted = begin();
            try {
                return work.get();
            } finally {
                spent += Footprints.this.spent(counted.end());
            }
        }

        /** So far. */
        public Footprint footprint() {
            return Footprints.this.of(spent);
        }
    }

    public Spending spending() {
        return new Spending();
    }

    /** Begins work for one image or several. */
    public UsageMeter.Work begin() {
        return meter.begin();
    }

    /** Counts what work has used. @return joules, to be divided among its images */
    public double spent(Usage usage) {
        double spent = Math.max(0, model.joules(usage));
        joules.increment(spent);
        grams.increment(model.co2eGrams(spent));
        return spent;
    }

    /** What an image took. */
    public Footprint of(double spent) {
        return new Footprint(spent, model.co2eGrams(spent), model.method() + gpu.get());
    }
}
