package org.dallemini.bench.ceiling;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.dallemini.bench.common.MarkdownTable;
import org.dallemini.bench.common.Numbers;

/**
 * The whole pipeline, a process for each stage, on one machine.
 *
 * @param images of the bulk job
 * @param imagesPerSecond stored, over the steady part
 * @param processorMillis for an image, by process
 * @param logBytes for an image, by topic; Kafka's own among them
 */
public record WholeResult(
        int images, double imagesPerSecond, Map<String, Double> processorMillis, Map<String, Double> logBytes) {

    /** @param cpuSeconds by process, of the whole job */
    static WholeResult of(int images, double imagesPerSecond, Map<String, Double> cpuSeconds, Map<String, Long> bytes) {
        Map<String, Double> millis = new LinkedHashMap<>();
        cpuSeconds.forEach((process, seconds) -> millis.put(process, 1000 * seconds / images));
        Map<String, Double> perImage = new TreeMap<>();
        bytes.forEach((topic, all) -> perImage.put(topic, (double) all / images));
        return new WholeResult(images, imagesPerSecond, millis, perImage);
    }

    /** Two tables: processor time and bytes. */
    public String table() {
        var times = new MarkdownTable("process", "processor time for an image");
        processorMillis.forEach((process, millis) -> times.row(process, Numbers.of(millis) + " ms"));
        times.row(
                "together",
                Numbers.of(processorMillis.values().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum())
                        + " ms");
        var topics = new MarkdownTable("topic", "bytes for an image");
        logBytes.forEach((topic, bytes) -> topics.row(topic, Numbers.of(bytes)));
        return "The whole pipeline: " + Numbers.of(imagesPerSecond) + " images/s\n\n" + times + "\n" + topics;
    }
}
