package org.dallemini.bench.ceiling;

import java.util.List;
import org.dallemini.bench.common.MarkdownTable;
import org.dallemini.bench.common.Numbers;

/**
 * A stage that had nothing to wait for but Kafka and the store.
 *
 * @param stage its name
 * @param partitions of each topic
 * @param processes of the stage
 * @param images that were measured
 * @param imagesPerSecond of all processes together
 * @param imagesPerStageSecond images for a second of processor time of the stage: what a core carries
 * @param stageMillis processor time of the stage for an image
 * @param brokerMillis of the broker
 * @param storeMillis of the object store that answers at once
 * @param outputBytes of the log of the output topic for an image
 * @param markersPerSecond markers of transactions in the output topic: one for each partition of each transaction
 */
public record StageResult(
        String stage,
        int partitions,
        int processes,
        long images,
        double imagesPerSecond,
        double imagesPerStageSecond,
        double stageMillis,
        double brokerMillis,
        double storeMillis,
        double outputBytes,
        double markersPerSecond) {

    /**
     * @param total images of the run, the steady part included
     * @param outputBytes of the log of the output topic
     * @param outputOffsets at which its partitions end, together
     */
    static StageResult of(
            String stage,
            int partitions,
            int processes,
            SteadyPart part,
            long total,
            long outputBytes,
            long outputOffsets) {
        return new StageResult(
                stage,
                partitions,
                processes,
                part.images(),
                part.imagesPerSecond(),
                part.images() / part.stageSeconds(),
                part.millisPerImage(part.stageSeconds()),
                part.millisPerImage(part.brokerSeconds()),
                part.millisPerImage(part.storeSeconds()),
                (double) outputBytes / total,
                part.imagesPerSecond() * (outputOffsets - total) / total);
    }

    /** All of a run. */
    public static String table(List<StageResult> results) {
        var table = new MarkdownTable(
                "stage",
                "partitions",
                "processes",
                "images/s",
                "a process",
                "a core of the stage",
                "processor time of the stage",
                "of the broker",
                "of the store",
                "output",
                "markers");
        results.forEach(one -> table.row(
                one.stage,
                Integer.toString(one.partitions),
                Integer.toString(one.processes),
                Numbers.of(one.imagesPerSecond),
                Numbers.of(one.imagesPerSecond / one.processes),
                Numbers.of(one.imagesPerStageSecond) + "/s",
                Numbers.of(one.stageMillis) + " ms",
                Numbers.of(one.brokerMillis) + " ms",
                Numbers.of(one.storeMillis) + " ms",
                Numbers.of(one.outputBytes) + " bytes",
                Numbers.of(one.markersPerSecond) + "/s"));
        return table.toString();
    }
}
