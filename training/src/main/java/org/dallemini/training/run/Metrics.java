package org.dallemini.training.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The lines of metrics.jsonl, and the curve of them. */
final class Metrics {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Path plot;
    private final List<JsonNode> lines = new ArrayList<>();

    Metrics(RunFolder folder) {
        file = folder.metrics();
        plot = folder.plot();
    }

    /** Reads what is there and drops what came after the update that training goes on from. */
    void resume(int updates) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        StringBuilder kept = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            try {
                JsonNode node = JSON.readTree(line);
                if (node.path("update").asInt() <= updates) {
                    lines.add(node);
                    kept.append(line).append('\n');
                }
            } catch (JsonProcessingException e) {
                // left out: a line that was cut off, when the process was killed or the disk full
            }
        }
        RunFolder.writeWhole(file, kept.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a line. */
    void add(int updates, Map<String, Object> values) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("update", updates);
        line.putAll(values);
        lines.add(JSON.valueToTree(line));
        Files.writeString(
                file, JSON.writeValueAsString(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Of a number in all lines that have it. */
    double sum(String name) {
        return lines.stream().mapToDouble(line -> line.path(name).asDouble()).sum();
    }

    /** Draws the loss, and the loss of what is held out. */
    void draw(String loss) throws IOException {
        List<LossPlot.Point> learned = new ArrayList<>();
        List<LossPlot.Point> heldOut = new ArrayList<>();
        for (JsonNode line : lines) {
            int update = line.path("update").asInt();
            if (line.path("evaluation").has(loss)) {
                heldOut.add(new LossPlot.Point(
                        update, line.path("evaluation").path(loss).doubleValue()));
            } else if (line.has(loss)) {
                learned.add(new LossPlot.Point(update, line.path(loss).doubleValue()));
            }
        }
        if (learned.size() > 1) {
            RunFolder.writeWhole(plot, LossPlot.svg(loss, learned, heldOut).getBytes(StandardCharsets.UTF_8));
        }
    }
}
