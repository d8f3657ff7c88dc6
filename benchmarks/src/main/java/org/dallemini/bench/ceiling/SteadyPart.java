package org.dallemini.bench.ceiling;

import java.util.List;

/**
 * What lies between two samples: after the code is compiled, and before the first of several processes has nothing left
 * to do.
 *
 * @param images that were committed
 * @param seconds that passed
 * @param stageSeconds processor time of the stage's processes
 * @param brokerSeconds of the broker
 * @param storeSeconds of the object store
 */
record SteadyPart(long images, double seconds, double stageSeconds, double brokerSeconds, double storeSeconds) {
    private static final double FROM = 0.4, TO = 0.95;

    /**
     * @param samples in the order of time
     * @param total images that there are
     * @throws IllegalArgumentException if the samples begin too late or end too early
     */
    static SteadyPart of(List<Sample> samples, long total) {
        Sample from = first(samples, FROM * total);
        Sample to = first(samples, TO * total);
        if (samples.get(0).images() > FROM * total || to.images() <= from.images()) {
            throw new IllegalArgumentException(
                    total + " images are too few: they were done before the measurement began");
        }
        return new SteadyPart(
                to.images() - from.images(),
                (to.nanos() - from.nanos()) / 1e9,
                to.stageSeconds() - from.stageSeconds(),
                to.brokerSeconds() - from.brokerSeconds(),
                to.storeSeconds() - from.storeSeconds());
    }

    private static Sample first(List<Sample> samples, double images) {
        return samples.stream()
                .filter(sample -> sample.images() >= images)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no sample with " + images + " images"));
    }

    double imagesPerSecond() {
        return images / seconds;
    }

    /** @param processorSeconds of this part */
    double millisPerImage(double processorSeconds) {
        return 1000 * processorSeconds / images;
    }
}
