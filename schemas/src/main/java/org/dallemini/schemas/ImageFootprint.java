package org.dallemini.schemas;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dallemini.events.Footprint;
import org.dallemini.events.StageTiming;
import org.dallemini.events.StoredImage;

/** What an image took in all stages together. */
public final class ImageFootprint {
    private ImageFootprint() {}

    /** Empty if no stage has told: records of earlier versions. */
    public static Optional<Footprint> of(StoredImage image) {
        return sum(Stream.of(image.getTokenTiming(), image.getDecodeTiming())
                .map(StageTiming::getFootprint)
                .filter(Objects::nonNull)
                .toList());
    }

    /** With the methods of all, where they differ. */
    private static Optional<Footprint> sum(List<Footprint> parts) {
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of(new Footprint(
                        parts.stream().mapToDouble(Footprint::getEnergyJoules).sum(),
                        parts.stream().mapToDouble(Footprint::getCo2eGrams).sum(),
                        parts.stream().map(Footprint::getMethod).distinct().collect(Collectors.joining("; "))));
    }
}
