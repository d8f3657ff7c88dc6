package org.dallemini.storage;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import org.dallemini.events.StoredImage;
import org.dallemini.objects.ObjectStoreException;

/** What the sink tells the management page about the store. */
final class StoreMetrics {
    private final MeterRegistry meters;
    private final Timer puts;
    private final Counter bytes;

    StoreMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.puts = Timer.builder("dallemini.store.put")
                .description("Time to store one image, its sidecar included, or to find it stored; failed attempts are"
                        + " not counted.")
                .publishPercentileHistogram()
                .register(meters);
        this.bytes = Counter.builder("dallemini.store.bytes")
                .description("Bytes of images stored.")
                .baseUnit("bytes")
                .register(meters);
        for (ObjectStoreException.Kind kind : ObjectStoreException.Kind.values()) {
            failures(kind); // of a counter that begins at 1, nobody sees the first increase
        }
    }

    void stored(StoredImage image) {
        puts.record(Duration.ofMillis(image.getStoreTiming().getDurationMillis()));
        bytes.increment((double) image.getSize());
    }

    void failed(ObjectStoreException failure) {
        failures(failure.kind()).increment();
    }

    private Counter failures(ObjectStoreException.Kind kind) {
        return Counter.builder("dallemini.store.failures")
                .description("Failed calls to the store, which are tried again.")
                .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }
}
