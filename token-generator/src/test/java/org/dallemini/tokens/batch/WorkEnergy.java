package org.dallemini.tokens.batch;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import org.dallemini.footprint.CarbonIntensity;
import org.dallemini.footprint.EnergyModel;
import org.dallemini.footprint.Usage;
import org.dallemini.footprint.UsageMeter;
import org.dallemini.stage.footprint.Footprints;

/** Estimates that need no clock: each work takes a joule. */
final class WorkEnergy {
    private WorkEnergy() {}

    static Footprints ofAJouleEach(MeterRegistry registry) {
        var readings = new AtomicInteger();
        return new Footprints(
                new UsageMeter(() -> new Usage(readings.incrementAndGet(), Double.NaN, 0)),
                EnergyModel.ofThisMachine(1, 1, CarbonIntensity.of("360")),
                "token-generator",
                registry);
    }
}
